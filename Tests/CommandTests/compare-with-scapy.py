#!/usr/bin/env python3
"""Compares `vethmark sniff --json` with scapy, field by field.

Usage: compare-with-scapy.py FRAMES.pcap OURS.json
Prints how much was compared; each difference is a line, and exit code 1.
"""
import json
import logging
import sys

logging.getLogger("scapy").setLevel(logging.ERROR)
from scapy.all import Ether, bind_layers, conf, rdpcap  # noqa: E402
from scapy.contrib.geneve import GENEVE  # noqa: E402,F401
from scapy.contrib.igmp import IGMP  # noqa: E402,F401
from scapy.contrib.igmpv3 import IGMPv3  # noqa: E402,F401
from scapy.contrib.lldp import LLDPDU  # noqa: E402,F401
from scapy.contrib.mpls import MPLS  # noqa: E402,F401
from scapy.layers.inet import ICMP, IP, TCP, UDP  # noqa: E402,F401
from scapy.layers.ipsec import AH  # noqa: E402,F401
from scapy.layers.l2 import GRE, Dot1Q  # noqa: E402,F401
from scapy.layers.ppp import PPP, PPPoE, PPPoED  # noqa: E402,F401
from scapy.layers.sctp import SCTP  # noqa: E402,F401
from scapy.layers.vxlan import VXLAN  # noqa: E402,F401

conf.verb = 0
# What scapy reads too, but only when told.
bind_layers(Ether, Dot1Q, type=0x9100)

NAMES = {
    "Ether": "eth", "Dot3": "eth", "Dot1Q": "vlan", "Dot1AD": "ieee8021ad", "LLC": "llc", "SNAP": "llc", "STP": "stp", "ARP": "arp",
    "MPLS": "mpls", "IP": "ip", "IPerror": "ip", "IPv6": "ipv6", "IPv6ExtHdrHopByHop": "ipv6.hopopts",
    "IPv6ExtHdrDestOpt": "ipv6.dstopts", "IPv6ExtHdrRouting": "ipv6.routing", "IPv6ExtHdrSegmentRouting": "ipv6.routing", "IPv6ExtHdrFragment": "ipv6.fraghdr", "ICMP": "icmp",
    "ICMPerror": "icmp", "UDP": "udp", "UDPerror": "udp", "TCP": "tcp", "TCPerror": "tcp", "GRE": "gre", "VXLAN": "vxlan",
    "GENEVE": "geneve", "SCTP": "sctp", "SCTPerror": "sctp", "IGMP": "igmp", "IGMPv3": "igmp", "PPPoE": "pppoes", "PPPoED": "pppoed",
    "PPP": "ppp", "LLDPDU": "lldp", "AH": "ah",
}
# Scapy's layers for what is a part of the one before here.
INNER = ("ICMPv6NDOpt", "SCTPChunk", "IGMPv3m", "IGMPv3g", "PPPoED_Tags", "LLDPDUChassis", "LLDPDUPort", "LLDPDUTime", "LLDPDUSystem", "LLDPDUEnd")
# What the two count in different units, by protocol and short name: ours in those of scapy.
UNITS = {
    ("ip", "ihl"): lambda v: v // 4, ("tcp", "dataofs"): lambda v: v // 4,
}


def layers_of_scapy(packet):
    """(protocol, {short name: value}) of each layer that isn't payload."""
    found = []
    layer = packet
    while layer is not None and layer.__class__.__name__ not in ("NoPayload", "Raw", "Padding"):
        name = layer.__class__.__name__
        if name.startswith("ICMPv6") and not name.startswith("ICMPv6NDOpt"):
            protocol = "icmpv6"
        elif name.startswith(INNER):
            protocol = None
        else:
            protocol = NAMES.get(name, name)
        if protocol is not None:
            found.append((protocol, {f.name: layer.getfieldval(f.name) for f in layer.fields_desc}))
        layer = layer.payload
    return found


def number(text):
    try:
        return int(text, 0)
    except ValueError:
        return None


def same(ours, theirs):
    if theirs is None:
        return True
    if isinstance(theirs, bytes):
        if ours == theirs.hex():
            return True
        theirs = theirs.decode("latin-1")
    value = number(ours)
    if value is not None and not isinstance(theirs, str):
        return value == int(theirs)
    return ours.lower() == str(theirs).lower()


def main():
    packets = rdpcap(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    compared, wrong = 0, []
    if len(packets) != len(records):
        wrong.append(f"{len(packets)} frames in the file, {len(records)} told")
    for position, (packet, record) in enumerate(zip(packets, records), 1):
        ours = [layer for layer in record["layers"] if layer["protocol"] not in ("data", "vethmark")]
        theirs = layers_of_scapy(packet)
        # Scapy doesn't look behind an authentication header.
        if theirs and theirs[-1][0] == "ah":
            ours = ours[: len(theirs)]
        if [layer["protocol"] for layer in ours] != [protocol for protocol, _ in theirs]:
            wrong.append(f"frame {position}: {[x['protocol'] for x in ours]} here, {[p for p, _ in theirs]} there")
            continue
        for layer, (protocol, fields) in zip(ours, theirs):
            for field in layer["fields"]:
                label = field["label"]
                if label not in fields or label in ("options", "flags") and protocol != "tcp":
                    continue
                value = field["value"]
                if (protocol, label) in UNITS:
                    value = str(UNITS[protocol, label](int(value)))
                compared += 1
                if not same(value, fields[label]):
                    wrong.append(f"frame {position} {protocol}.{label}: {value} here, {fields[label]!r} there")
    print(f"{len(packets)} frames, {compared} fields compared, {len(wrong)} differences")
    for line in wrong[:40]:
        print(line)
    sys.exit(1 if wrong or compared < 10 * len(packets) else 0)


main()
