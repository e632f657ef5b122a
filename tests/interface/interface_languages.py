# SPDX-License-Identifier: GPL-3.0-or-later
"""Languages in which the window is looked at."""

import gettext
import os
import re
import shutil
import subprocess
import sys
import tempfile

# The names of their locales.
LOCALES = {"de": "de_DE", "ru": "ru_RU"}


def lay_translation(language):
    """Puts Isotope's translation where it is looked for, as long as this script runs; a person's computer is left alone."""
    if "ISOTOPE_IN_DEVROOT" not in os.environ:
        sys.exit("Translations are laid where programs look for them with build-aux/devroot only.")
    made = os.path.join(os.environ["ISOTOPE_TRANSLATIONS"], f"{language}.mo")
    place = f"/usr/share/locale/{language}/LC_MESSAGES"
    os.makedirs(place, exist_ok=True)
    copy = tempfile.mkdtemp(prefix="isotope-translation-")
    shutil.copytree(place, copy, dirs_exist_ok=True)
    shutil.copy(made, os.path.join(copy, "isotope.mo"))
    os.chmod(copy, 0o755)
    subprocess.run(["mount", "--bind", copy, place], check=True)


def lay_locale(name, folder):
    """Puts the locale of this name into a folder that `LOCPATH` names. What a language is looked at in has its own names
    of months; of any other one only the name is wanted, because GTK and gettext go by that."""
    place = os.path.join(folder, f"{name}.utf8")
    if name in LOCALES.values():
        subprocess.run(["localedef", "-i", name, "-f", "UTF-8", place], check=True)
    else:
        os.symlink("/usr/lib/locale/C.utf8", place)


class Words:
    """What stands in the window in this language in the place of an English text that a way names."""

    def __init__(self, language=None):
        self.known, self.plural = {}, int
        if language is None:
            return
        with open(os.path.join(os.environ["ISOTOPE_TRANSLATIONS"], f"{language}.mo"), "rb") as file:
            translations = gettext.GNUTranslations(file)
        self.plural = translations.plural
        # The underlines mark keys. Of what is counted there are several forms, under the English one for one.
        for key, form in translations._catalog.items():
            key, number = key if isinstance(key, tuple) else (key, 0)
            if key and form:
                self.known.setdefault(key.replace("_", ""), {})[number] = form.replace("_", "")

    def untranslated(self, texts):
        """Which of these stand in English where there is a translation that reads otherwise."""
        return [text for text in texts if self.known.get(text, {0: text})[0] != text]

    def translated(self, text):
        """This text, if it is one, or one with something put in, or a part of one."""
        if text in self.known or not self.known:
            return self.known[text][0] if self.known else text
        for key, forms in self.known.items():
            names = re.findall(r"\{(\w+)\}", key)
            pattern = re.sub(r"\\\{\w+\\\}", "(.+)", re.escape(key))
            found = names and not key.startswith("{") and re.fullmatch(pattern + "s?", text)
            if found:
                counted = next((int(value) for value in found.groups() if value.isdigit()), 1)
                form = forms.get(self.plural(counted), forms[0])
                for name, value in zip(names, found.groups()):
                    form = form.replace("{" + name + "}", value)
                return form
        whole = next((forms[0] for key, forms in self.known.items() if text in key), text)
        # Of what something is put into the longest part that stands fast.
        return max(re.split(r"\{\w+\}", whole), key=len).strip()
