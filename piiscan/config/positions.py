"""Where in a TOML file each key stands: tomli says what, this says on which line."""

from __future__ import annotations

import re
from typing import Final

import tomli

Path = tuple[str | int, ...]

_WORD: Final = re.compile(
    r'''(?P<string>"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')'''
    r"|(?P<comment>\#[^\n]*)|(?P<newline>\n)|(?P<mark>[\[\]{}=,.])|(?P<bare>[^\s\[\]{}=,.\#\"']+)",
    re.DOTALL,
)


def find_lines(text: str) -> dict[Path, int]:
    """The line (from 1) of every table, key and list element of a valid TOML text, by its path (``("sources", "crm", "url")``)."""
    return _Reader(text).read()


class _Reader:
    """One pass over the words of a text that tomli has accepted: so nothing here needs to complain."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self.words: list[tuple[str, str, int]] = []
        self.at = 0
        self.table: Path = ()
        self.rows: dict[Path, int] = {}
        line, end = 1, 0
        for match in _WORD.finditer(text):
            line += text.count("\n", end, match.start())
            if match.lastgroup != "comment":
                self.words.append((match.lastgroup or "", match.group(), line))
            line += match.group().count("\n")
            end = match.end()
        self.words.append(("newline", "", line))

    def read(self) -> dict[Path, int]:
        """The lines, once every statement has been seen."""
        while self.at < len(self.words):
            kind, word, _ = self.words[self.at]
            if kind == "newline":
                self.at += 1
            elif word == "[":
                self._header()
            else:
                self._pair(self.table)
        return self.lines

    def _header(self) -> None:
        self.at += 1
        array = self.words[self.at][1] == "["
        self.at += array
        line = self.words[self.at][2]
        path = self._resolve(self._key())
        self.at += 1 + array
        if array:
            self.rows[path] = self.rows.get(path, -1) + 1
            self.lines.setdefault(path, line)
            path = (*path, self.rows[path])
        self._mark((), path, line)
        self.lines[path] = line
        self.table = path

    def _resolve(self, keys: Path) -> Path:
        """The keys of a header with the index of every array of tables they pass through."""
        path: Path = ()
        for depth, key in enumerate(keys, start=1):
            path = (*path, key)
            if depth < len(keys) and path in self.rows:
                path = (*path, self.rows[path])
        return path

    def _key(self) -> Path:
        keys: list[str] = []
        while True:
            kind, word, _ = self.words[self.at]
            if kind in ("bare", "string"):
                keys.append(tomli.loads(f"k = {word}")["k"] if kind == "string" else word)
            elif word != ".":
                return tuple(keys)
            self.at += 1

    def _pair(self, table: Path) -> None:
        line = self.words[self.at][2]
        path = (*table, *self._key())
        self._mark(table, path, line)
        self.at += 1
        self._value(path)

    def _mark(self, table: Path, path: Path, line: int) -> None:
        """Notes the first line of a key and of the tables a dotted key opens."""
        for length in range(len(table) + 1, len(path) + 1):
            self.lines.setdefault(path[:length], line)

    def _value(self, path: Path) -> None:
        word = self.words[self.at][1]
        if word == "[":
            self._list(path)
        elif word == "{":
            self._inline(path)
        else:
            while self.words[self.at][0] in ("bare", "string") or self.words[self.at][1] == ".":
                self.at += 1

    def _list(self, path: Path) -> None:
        self.at += 1
        index = 0
        while (word := self.words[self.at])[1] != "]":
            if word[0] == "newline" or word[1] == ",":
                self.at += 1
                continue
            self.lines[(*path, index)] = word[2]
            self._value((*path, index))
            index += 1
        self.at += 1

    def _inline(self, path: Path) -> None:
        self.at += 1
        while (word := self.words[self.at])[1] != "}":
            if word[0] == "newline" or word[1] == ",":
                self.at += 1
            else:
                self._pair(path)
        self.at += 1
