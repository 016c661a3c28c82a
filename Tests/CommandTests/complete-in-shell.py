#!/usr/bin/env python3
"""Types lines into an interactive shell and tells what the Tab key makes of them.

Usage: complete-in-shell.py SHELL SCRIPT FOLDER

SHELL is bash, zsh or fish, SCRIPT its completion script, FOLDER where it stands; vethmark is found on PATH. Standard input is a JSON list of
lines. Prints a JSON list: each line as it is behind a tab, with a # typed after that.
"""
import json
import os
import sys
import tempfile

import pexpect

PROMPT = "READY>"


def start(shell, script, folder, home):
    environment = {**os.environ, "HOME": home, "TERM": "dumb", "PS1": PROMPT, "LC_ALL": "C.UTF-8"}
    if shell == "bash":
        rc = os.path.join(home, "rc")
        with open(rc, "w") as file:
            # A single tab completes, a second lists; nothing asks or pages.
            file.write(
                f"PS1='{PROMPT}'\nbind 'set enable-bracketed-paste off' 2>/dev/null\nbind 'set page-completions off'\n"
                f"bind 'set completion-query-items 0'\nbind 'set bell-style none'\n. '{script}'\n")
        arguments = ["--noprofile", "--rcfile", rc, "-i"]
    elif shell == "zsh":
        functions = os.path.join(home, "functions")
        os.mkdir(functions)
        os.symlink(script, os.path.join(functions, "_vethmark"))
        with open(os.path.join(home, ".zshrc"), "w") as file:
            file.write(
                f"PS1='{PROMPT}'\nunsetopt zle_bracketed_paste prompt_cr prompt_sp 2>/dev/null\nfpath=({functions} $fpath)\n"
                "autoload -U compinit\ncompinit -u -D\nLISTMAX=0\nsetopt no_beep\nzstyle ':completion:*' list-prompt ''\n")
        environment["ZDOTDIR"] = home
        arguments = ["-i"]
    else:
        start = f"source '{script}'; set -g fish_autosuggestion_enabled 0; function fish_prompt; printf '{PROMPT}'; end"
        arguments = ["--no-config", "--interactive", "--init-command", start]
    # Wide, so that no line is broken.
    child = pexpect.spawn(shell, arguments, cwd=folder, env=environment, encoding="utf-8", timeout=30, dimensions=(200, 300))
    child.expect_exact(PROMPT)
    return child


def completed(child, line):
    """The line as it stands behind a tab and a # typed after it: made an argument of echo, so that the shell itself says it."""
    child.send(f"{line}\t#\x01echo \"\x05\"\r")
    # The echoed keys hold the line too, but never alone on one of its own.
    child.expect(r"[\r\n](vethmark[^\r\n]*#)[\r\n]")
    answer = child.match[1]
    child.expect_exact(PROMPT)
    return answer


def main():
    shell, script, folder = sys.argv[1:]
    with tempfile.TemporaryDirectory() as home:
        child = start(shell, os.path.abspath(script), folder, home)
        answers = [completed(child, line) for line in json.load(sys.stdin)]
        child.close(force=True)
    json.dump(answers, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
