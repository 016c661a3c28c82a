/// Every field that a decoded frame can have, by the name that display filters use.
public enum FieldCatalogue {
    /// In the order of the layers.
    public static let names: [String] =
        LayerKind.allCases.map(\.filterName).uniqued
        + [
            "eth.dst", "eth.src", "eth.type", "eth.len",
            "ieee8021ad.priority", "ieee8021ad.dei", "ieee8021ad.id", "ieee8021ah.etype",
            "vlan.priority", "vlan.dei", "vlan.id", "vlan.etype", "vlan.len",
            "llc.dsap", "llc.ssap", "llc.control", "llc.oui", "llc.type", "llc.pid",
            "stp.protocol", "stp.version", "stp.type", "stp.flags", "stp.root.prio", "stp.root.hw", "stp.root.cost", "stp.bridge.prio",
            "stp.bridge.hw", "stp.port",
            "lldp.tlv.type", "lldp.tlv.len", "lldp.chassis.subtype", "lldp.chassis.id.mac", "lldp.chassis.id", "lldp.port.subtype",
            "lldp.port.id.mac", "lldp.port.id", "lldp.time_to_live", "lldp.port.desc", "lldp.tlv.system.name", "lldp.tlv.system.desc",
            "arp.hw.type", "arp.proto.type", "arp.hw.size", "arp.proto.size", "arp.opcode", "arp.src.hw_mac", "arp.src.hw",
            "arp.src.proto_ipv4", "arp.src.proto", "arp.dst.hw_mac", "arp.dst.hw", "arp.dst.proto_ipv4", "arp.dst.proto",
            "mpls.label", "mpls.exp", "mpls.bottom", "mpls.ttl",
            "pppoe.version", "pppoe.type", "pppoe.code", "pppoe.session_id", "pppoe.payload_length", "pppoed.tags.service_name",
            "pppoed.tags.ac_name", "pppoed.tags.host_uniq", "pppoed.tags.ac_cookie", "ppp.protocol",
            "ip.version", "ip.hdr_len", "ip.dsfield", "ip.dsfield.dscp", "ip.dsfield.ecn", "ip.len", "ip.id", "ip.flags.rb",
            "ip.flags.df", "ip.flags.mf", "ip.frag_offset", "ip.ttl", "ip.proto", "ip.checksum", "ip.src", "ip.dst", "ip.cur_rt",
            "ip.opt.type",
            "ip.opt.len",
            "ipv6.version", "ipv6.tclass", "ipv6.flow", "ipv6.plen", "ipv6.nxt", "ipv6.hlim", "ipv6.src", "ipv6.dst",
            "ipv6.hopopts.nxt", "ipv6.hopopts.len", "ipv6.dstopts.nxt", "ipv6.dstopts.len", "ipv6.opt.type", "ipv6.opt.length",
            "ipv6.routing.nxt", "ipv6.routing.len", "ipv6.routing.type", "ipv6.routing.segleft",
            "ipv6.fraghdr.nxt", "ipv6.fraghdr.offset", "ipv6.fraghdr.more", "ipv6.fraghdr.ident",
            "ah.next_header", "ah.length", "ah.reserved", "ah.spi", "ah.sequence", "ah.icv",
            "icmp.type", "icmp.code", "icmp.checksum", "icmp.ident", "icmp.seq", "icmp.mtu", "icmp.redir_gw",
            "icmpv6.type", "icmpv6.code", "icmpv6.checksum", "icmpv6.echo.identifier", "icmpv6.echo.sequence_number", "icmpv6.mtu",
            "icmpv6.nd.ns.target_address", "icmpv6.nd.na.target_address", "icmpv6.opt.type", "icmpv6.opt.length", "icmpv6.opt.linkaddr",
            "igmp.type", "igmp.max_resp", "igmp.checksum", "igmp.maddr", "igmp.s", "igmp.qrv", "igmp.qqic", "igmp.num_src", "igmp.saddr",
            "igmp.num_grp_recs", "igmp.record_type", "igmp.aux_data_len",
            "udp.srcport", "udp.dstport", "udp.length", "udp.checksum",
            "tcp.srcport", "tcp.dstport", "tcp.seq_raw", "tcp.ack_raw", "tcp.hdr_len", "tcp.flags", "tcp.window_size_value",
            "tcp.checksum", "tcp.urgent_pointer", "tcp.option_kind", "tcp.options.mss_val", "tcp.options.wscale.shift",
            "tcp.options.timestamp.tsval", "tcp.options.timestamp.tsecr",
            "sctp.srcport", "sctp.dstport", "sctp.verification_tag", "sctp.checksum", "sctp.chunk_type", "sctp.chunk_flags",
            "sctp.chunk_length", "sctp.data_tsn_raw", "sctp.data_sid", "sctp.data_ssn", "sctp.data_payload_proto_id",
            "gre.flags.checksum", "gre.flags.key", "gre.flags.sequence_number", "gre.flags.version", "gre.proto", "gre.checksum",
            "gre.key", "gre.sequence_number",
            "vxlan.flags", "vxlan.gbp", "vxlan.vni", "vxlan.reserved8",
            "geneve.version", "geneve.flags.oam", "geneve.flags.critical", "geneve.proto_type", "geneve.vni", "geneve.option.class",
            "geneve.option.type",
            "vethmark.magic", "vethmark.epoch", "vethmark.worker", "vethmark.stream", "vethmark.key", "vethmark.sequence",
            "vethmark.timestamp",
            "data.data", "data.len"
        ]
}

extension [String] {
    /// Each once, in the order of its first place.
    fileprivate var uniqued: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
