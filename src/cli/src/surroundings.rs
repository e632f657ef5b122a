// SPDX-License-Identifier: GPL-3.0-or-later
//! Network and power as the computer's own services tell of them. Where one is missing, nothing is known of it, and that
//! keeps nobody from anything.

use std::time::Duration;

use zbus::proxy::CacheProperties;
use zbus::zvariant::OwnedValue;

/// NetworkManager's and UPower's; a service that takes longer does not answer.
const LONGEST: Duration = Duration::from_secs(5);
/// `NM_CONNECTIVITY_NONE` and `NM_CONNECTIVITY_PORTAL`.
const OFFLINE: [u32; 2] = [1, 2];
/// `NM_METERED_YES` and `NM_METERED_GUESS_YES`.
const METERED: [u32; 2] = [1, 3];

/// What is around the computer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Surroundings {
    /// There is no network that leads anywhere.
    pub(crate) offline: bool,
    /// The network costs by what is transferred.
    pub(crate) metered: bool,
    /// The computer is not plugged in.
    pub(crate) on_battery: bool,
}

impl Surroundings {
    /// Asks for them.
    pub(crate) async fn read(connection: &zbus::Connection) -> Self {
        let network = ["org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager"];
        let power = ["org.freedesktop.UPower", "/org/freedesktop/UPower"];
        let (connectivity, metered, on_battery) = tokio::join!(
            property::<u32>(connection, network, "Connectivity"),
            property::<u32>(connection, network, "Metered"),
            property::<bool>(connection, power, "OnBattery"),
        );
        Self {
            offline: connectivity.is_some_and(|connectivity| OFFLINE.contains(&connectivity)),
            metered: metered.is_some_and(|metered| METERED.contains(&metered)),
            on_battery: on_battery.unwrap_or(false),
        }
    }
}

/// A property of an object whose interface is called as its service is.
async fn property<T: TryFrom<OwnedValue>>(
    connection: &zbus::Connection,
    [name, path]: [&str; 2],
    key: &str,
) -> Option<T> {
    let asking = async {
        let proxy = zbus::proxy::Builder::<zbus::Proxy<'_>>::new(connection)
            .destination(name)?
            .path(path)?
            .interface(name)?
            .cache_properties(CacheProperties::No)
            .build()
            .await?;
        proxy.get_property::<OwnedValue>(key).await
    };
    T::try_from(tokio::time::timeout(LONGEST, asking).await.ok()?.ok()?).ok()
}
