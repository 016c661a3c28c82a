#!/usr/bin/env python3
"""A capture tool with faults of known size, which prints counters as tcpdump does.

usage: toy MODE INTERFACE FILE. With the hundredth frame of a load it lays a file `seen` beside itself. It knows vethmark's signature in an untagged UDP/IPv4 frame: the magic at 42, the sequence number at 48.
"""
import os, signal, socket, struct, sys, time

mode, interface, path = sys.argv[1:4]
stopped = False


def stop(number, frame):
    global stopped
    stopped = True


if mode == "dies-at-start":
    sys.exit("toy: no such luck")
if mode == "never-listens":
    time.sleep(100)
if mode == "background":
    if os.fork() != 0:
        sys.exit(0)
    os.setsid()
    time.sleep(100)
if mode == "forks" and os.fork() == 0:
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(1000)

ignores = mode == "ignores-signals"
signal.signal(signal.SIGINT, signal.SIG_IGN if ignores or mode == "only-sigterm" else stop)
signal.signal(signal.SIGTERM, signal.SIG_IGN if ignores else stop)
taps = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
try:
    taps.setsockopt(socket.SOL_SOCKET, 33, 256 << 20)  # SO_RCVBUFFORCE
except PermissionError:
    pass
taps.bind((interface, 3))
taps.settimeout(0.05)
file = None if mode in ("no-file", "logs", "ticks") else open(path, "wb", 0)


def write(data, length=None, at=None):
    at = time.time_ns() if at is None else at
    if file:
        file.write(struct.pack("<IIII", at // 10**9, at % 10**9, len(data), length or len(data)) + data)


if file:
    file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1))
held = None
seen = 0
ticks = mode.startswith("ticks")
next_tick = 0


def tell():
    with open(os.path.dirname(path) + "/eve.json", "a") as log:
        log.write('{"event_type":"stats","stats":{"uptime":%d,"decoder":{"pkts":%d}}}\n' % (time.time(), seen))


while not stopped:
    if ticks and time.monotonic() > next_tick:
        next_tick = time.monotonic() + 0.2
        tell()
    try:
        data = taps.recv(65536)
    except socket.timeout:
        continue
    if len(data) < 60 or data[42:44] != b"vm":
        continue
    sequence = struct.unpack(">I", data[48:52])[0]
    seen += 1
    if sequence == 100:
        open(os.path.dirname(sys.argv[0]) + "/seen", "w").close()
    if mode == "dies-in-mid-run" and sequence == 1000:
        sys.exit("toy: out of breath")
    if mode == "limited" and sequence >= 400:
        continue
    if mode != "faults":
        write(data)
        continue
    if sequence % 100 == 99:
        continue
    if sequence == 700:
        held = data
        continue
    if sequence == 800:
        data = data[:-1] + bytes([data[-1] ^ 1])
    if sequence % 1000 == 10:
        write(data[:60], len(data))
    else:
        write(data)
    if sequence == 500:
        write(data)
    if held and sequence == 701:
        write(held)
        held = None
if ticks:
    tell()
elif mode == "logs":
    with open(path + "/eve.json", "w") as log:
        log.write('{"event_type":"stats","stats":{"capture":{"kernel_packets":%d,"kernel_drops":0},"decoder":{"pkts":%d}}}\n' % (seen, seen - 5))
elif mode == "faults":
    print("12345 packets captured\n12345 packets received by filter\n7 packets dropped by kernel", file=sys.stderr)
else:
    print(f"{seen} packets captured\n{seen} packets received by filter\n0 packets dropped by kernel", file=sys.stderr)
