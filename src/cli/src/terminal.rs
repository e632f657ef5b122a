// SPDX-License-Identifier: GPL-3.0-or-later
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use gettextrs::gettext;

/// Which of the three standard streams a person sits at.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Terminal {
    /// Somebody can type.
    pub(crate) input: bool,
    /// Results are read on a terminal, and it understands styles.
    pub(crate) output_styles: bool,
    /// The columns of that terminal, where it tells.
    pub(crate) output_columns: Option<usize>,
    /// Questions and problems are seen on a terminal.
    pub(crate) errors: bool,
    /// That terminal understands styles, and a line that is written over.
    pub(crate) error_styles: bool,
}

impl Terminal {
    pub(crate) fn of_this_process() -> Self {
        let dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
        let errors = io::stderr().is_terminal();
        Self {
            input: io::stdin().is_terminal(),
            output_styles: io::stdout().is_terminal() && !dumb,
            output_columns: terminal_size::terminal_size_of(io::stdout()).map(|(columns, _)| columns.0.into()),
            errors,
            error_styles: errors && !dumb,
        }
    }

    /// Somebody is there to read a question and to answer it.
    pub(crate) fn can_ask(self) -> bool {
        self.input && self.errors
    }
}

/// The columns of the terminal that problems are seen on, as it is now, where it tells.
pub(crate) fn error_columns() -> Option<usize> {
    terminal_size::terminal_size_of(io::stderr()).map(|(columns, _)| columns.0.into())
}

/// Whether the person wants no colours and the like, as <https://no-color.org> has it.
pub(crate) fn plain_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// Asks a question that is answered with yes or no; no is what Enter alone, an end of input and anything else mean.
pub(crate) async fn confirm(question: String) -> io::Result<bool> {
    let answer = tokio::task::spawn_blocking(move || {
        // Held no longer than for writing: whoever ends the question before its answer has something to write too.
        // Translators: the letters for yes and no, with the one that Enter stands for in capitals.
        write!(io::stderr(), "{question} {} ", gettext("[y/N]"))?;
        io::stderr().flush()?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        if !answer.ends_with('\n') {
            writeln!(io::stderr())?;
        }
        io::Result::Ok(answer)
    });
    Ok(is_yes(&answer.await.map_err(io::Error::other)??))
}

fn is_yes(answer: &str) -> bool {
    let answer = answer.trim().to_lowercase();
    // Translators: what a person types for yes, in lower case; both forms are taken, and the English ones too.
    ["y".to_owned(), "yes".to_owned(), gettext("y"), gettext("yes")].contains(&answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_yes_is_one() {
        for (answer, yes) in
            [("y\n", true), (" YES \n", true), ("\n", false), ("", false), ("n\n", false), ("yo", false)]
        {
            assert_eq!(is_yes(answer), yes, "{answer:?}");
        }
    }
}
