#!/usr/bin/env python3
"""Runs a program in a terminal of its own, as a shell would, and tells what it wrote there.

Usage: terminal-run.py COLUMNS ROWS STEPS PROGRAM [ARGUMENT...]

STEPS is a JSON list: ["await", TEXT] until the terminal got it, ["sleep", SECONDS], ["signal", NUMBER],
["stopped"] until the program has stopped, ["mark"] notes how much was written, ["resize", COLUMNS, ROWS].
Prints a JSON object: code (minus the signal's number if one ended it), output, marks, and what went wrong.
"""
import fcntl
import json
import os
import select
import signal
import struct
import sys
import termios
import time

LIMIT = 40


def resize(descriptor, columns, rows):
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def shell(report, command):
    """The session's leader: without one, nobody could stop and go on."""
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    program = os.fork()
    if program == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execvp(command[0], command)
    os.write(report, f"pid {program}\n".encode())
    while True:
        _, status = os.waitpid(program, os.WUNTRACED | os.WCONTINUED)
        if os.WIFSTOPPED(status):
            os.write(report, b"stopped\n")
        elif os.WIFEXITED(status):
            os.write(report, f"code {os.WEXITSTATUS(status)}\n".encode())
            os._exit(0)
        elif os.WIFSIGNALED(status):
            os.write(report, f"code {-os.WTERMSIG(status)}\n".encode())
            os._exit(0)


class Session:
    def __init__(self, columns, rows, command):
        reading, writing = os.pipe()
        master, slave = os.openpty()
        resize(slave, columns, rows)
        if os.fork() == 0:
            os.close(master)
            os.close(reading)
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for number in range(3):
                os.dup2(slave, number)
            shell(writing, command)
        os.close(writing)
        os.close(slave)
        self.master, self.report = master, reading
        self.output, self.words, self.code, self.pid, self.stops = b"", b"", None, None, 0
        self.sources = [self.master, self.report]
        self.deadline = time.monotonic() + LIMIT

    def pump(self, seconds):
        """Reads for a moment; False when there is nothing more to come."""
        ready, _, _ = select.select(self.sources, [], [], seconds)
        if self.master in ready:
            try:
                self.output += os.read(self.master, 65536)
            except OSError:
                # The last one who had it open has ended; how, the report tells.
                self.sources.remove(self.master)
        if self.report in ready:
            text = os.read(self.report, 4096)
            if not text:
                self.sources.remove(self.report)
            self.words += text
            *lines, self.words = self.words.split(b"\n")
            for line in lines:
                name, _, value = line.decode().partition(" ")
                if name == "pid":
                    self.pid = int(value)
                elif name == "stopped":
                    self.stops += 1
                else:
                    self.code = int(value)
        return bool(self.sources) and time.monotonic() < self.deadline

    def until(self, condition):
        while not condition() and self.code is None:
            if not self.pump(0.1):
                break
        return condition()


def main():
    columns, rows, steps, command = int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3]), sys.argv[4:]
    session = Session(columns, rows, command)
    session.until(lambda: session.pid is not None)
    marks, problems, seen, stops = [], [], 0, 0
    for step in steps:
        name, *values = step
        if name == "await":
            text = values[0].encode()
            if session.until(lambda: text in session.output[seen:]):
                seen = session.output.index(text, seen) + len(text)
            else:
                problems.append(f"{values[0]!r} didn't come")
        elif name == "sleep":
            end = time.monotonic() + values[0]
            session.until(lambda: time.monotonic() >= end)
        elif name == "signal":
            try:
                os.kill(session.pid, values[0])
            except ProcessLookupError:
                # It ended by the one before.
                pass
        elif name == "stopped":
            stops += 1
            if not session.until(lambda: session.stops >= stops):
                problems.append("it didn't stop")
            # What it wrote before lies in the terminal still.
            while session.master in session.sources and select.select([session.master], [], [], 0.2)[0]:
                session.pump(0)
        elif name == "mark":
            marks.append(len(session.output.decode(errors="replace")))
        elif name == "resize":
            resize(session.master, *values)
    while session.code is None and session.pump(0.1):
        pass
    while session.master in session.sources and select.select([session.master], [], [], 0.2)[0]:
        session.pump(0)
    if session.code is None:
        problems.append("it didn't end")
        os.kill(session.pid, signal.SIGKILL)
    json.dump(
        {"code": session.code, "output": session.output.decode(errors="replace"), "marks": marks, "problems": problems}, sys.stdout
    )


if __name__ == "__main__":
    main()
