import Foundation
import Testing

/// Plans that can't be had: told by one line that names the field, what was found and what is allowed, before anything is made or sent.
@Suite(.serialized) struct BadPlanTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var flags: [String]
        var field: String
        /// What was asked for, as it is told.
        var found: String
        var allowed: String

        init(_ flags: String, _ field: String, _ found: String, _ allowed: String) {
            self.flags = flags.split(separator: " ").map { String($0).replacing("_", with: " ") }
            (self.field, self.found, self.allowed) = (field, found, allowed)
        }

        var testDescription: String { flags.joined(separator: " ") }
    }

    static let missingFields: [Case] = [
        Case("--modify ipv6.src=inc:4", "--modify", "ipv6.src=inc:4", "of fields that the frame has, and it has no ipv6.src"),
        Case("--modify vlan.id=inc:4", "--modify", "vlan.id=inc:4", "of fields that the frame has, and it has no vlan.id"),
        Case("--network raw --modify udp.srcport=inc:4", "--modify", "udp.srcport=inc:4", "it has no udp.srcport"),
        Case("--transport tcp -s 128 --modify udp.dstport=9", "--modify", "udp.dstport=9", "it has no udp.dstport"),
        Case("--modify vxlan.vni=inc:4", "--modify", "vxlan.vni=inc:4", "it has no vxlan.vni"),
        Case("--modify ip.sauce=inc:4", "--modify", "'ip.sauce=inc:4'", "a list of FIELD=VALUES"),
        Case("--modify bytes[42..45]=inc:5", "--modify", "bytes[42..45]=inc:5", "none behind the headers, which take 42 bytes"),
        Case("--network raw --flows 7", "--flows", "7", "left out in frames without ports and IP addresses"),
        Case("--stream a_modifiers=ipv6.src=inc:4 --stream b", "--modify", "ipv6.src=inc:4 in stream a", "it has no ipv6.src")
    ]

    static let overflows: [Case] = [
        Case("--modify udp.dstport=65000..70000", "--modify", "udp.dstport=65000..70000", "of numbers from 0 to 65535"),
        Case("--modify udp.srcport=inc:70000", "--modify", "udp.srcport=inc:70000", "of at most 65536 values"),
        Case("--modify ip.ttl=inc:300", "--modify", "ip.ttl=inc:300", "of at most 255 values"),
        Case("--modify ip.ttl=random:9:200..300", "--modify", "ip.ttl=random:9:200..300", "of numbers from 1 to 255"),
        Case("--vlan 5 --modify vlan.id=4000..5000", "--modify", "vlan.id=4000..5000", "of numbers from 1 to 4094"),
        Case("--modify ip.src=10.0.0.0/33", "--modify", "'ip.src=10.0.0.0/33'", "a list of FIELD=VALUES"),
        Case("--modify udp.srcport=random:90000", "--modify", "udp.srcport=random:90000", "of at most 65536 values"),
        Case("--flows 2000000000000", "--flows", "2000000000000", "1 to 1099511627776"),
        Case(
            "--modify eth.src=inc:1048576 --modify ip.src=inc:4194304 --modify udp.srcport=inc:1024", "--modify", "ip.src=inc:4194304",
            "at most 140737488355328 frames"),
        Case("-n 200000000000000", "--count", "200000000000000", "at most 140737488355328")
    ]

    static let sizes: [Case] = [
        Case("-s 64 --network ipv6", "--size", "64", "at least 84, to hold headers, signature and FCS"),
        Case("-s 64 --encap vxlan:42", "--size", "64", "at least 114, to hold headers, signature and FCS"),
        Case("-s 63", "--size", "63", "at least 64, Ethernet's least"), Case("-s 10", "--size", "'10'", "from 64 to 65561"),
        Case("-s 64-1518 --transport tcp", "--size", "64-1518", "at least 76"),
        Case("-s 37 --network raw --malformed runt", "--size", "37", "at least 38"),
        Case("-s 65600", "--size", "'65600'", "from 64 to 65561"),
        Case("-s 1519 --mtu 1500", "--size", "1519", "at most 1518 with an MTU of 1500"),
        Case("--stream a_size=64_vlans=7,8 --stream b", "--size", "64 in stream a", "at least 72")
    ]

    static let rates: [Case] = [
        Case("-b 9gbps --line-rate 10gbps", "--rate", "9gbps", "at most 14.88 Mpps, what a line of 10 Gb/s carries of these frames"),
        Case("-b 20mpps --line-rate 10gbps", "--rate", "20mpps", "at most 14.88 Mpps"),
        Case("-b 1mpps --line-rate 10gbps -s 1518", "--rate", "1mpps", "at most 812.7 kpps"),
        Case("-b 101% --line-rate 10gbps", "--rate", "'101%', which is too large,", "23% of the line rate"),
        Case("-b 50%", "--rate", "50%", "packets or bits a second when there is no line rate"),
        Case("--stream a_rate=900kpps --stream b_rate=900kpps --line-rate 1gbps", "--rate", "1.8mpps", "at most 1.488 Mpps")
    ]

    static let overlaps: [Case] = [
        Case(
            "--modify ip.src=inc:4 --modify ip.src=inc:5", "--modify", "ip.src=inc:5",
            "of fields that no other rule has, and ip.src=inc:4 has it"),
        Case("--modify udp.srcport=1..9+sourcePort=inc:9", "--modify", "sourcePort=inc:9", "of fields that no other rule has"),
        Case("--modify bytes[34..35]=inc:5 --modify udp.srcport=inc:5", "--modify", "udp.srcport=inc:5", "and bytes[34..35]=inc:5 has it"),
        Case(
            "--modify ip.dsfield=inc:5 --modify ip.dsfield.dscp=inc:5", "--modify", "ip.dsfield.dscp=inc:5", "and ip.dsfield=inc:5 has it"),
        Case("--flows 100 --modify udp.srcport=inc:5", "--modify", "udp.srcport=inc:5", "and 100 flows has it")
    ]

    static let shares: [Case] = [
        Case("--stream a_share=0 --stream b_share=0", "--stream", "a stream whose share is '0'", "1 to 1024"),
        Case("--stream a_rate=0pps --stream b_rate=0pps", "--stream", "a stream whose rate is '0pps'", "more than zero"),
        Case("-s 64:0,128:0", "--size", "'64:0,128:0'", "64:7,1518:1"),
        Case("--modify ip.ttl=1*0|2*0", "--modify", "'ip.ttl=1*0|2*0'", "a list of FIELD=VALUES"),
        Case("--stream a_share=1024 --stream b_share=1", "--stream", "with shares that sum up to 1025", "at most 1024"),
        Case("-b 0pps", "--rate", "'0pps', which is zero,", "max, 1.5mpps")
    ]

    static let uncarried: [Case] = [
        Case(
            "--stream a --stream b --engine gso", "--engine", "gso", "one that lays each frame into a slot of its own, for streams"),
        Case("--stream a --stream b --engine xdp --receiver ring", "--engine", "xdp", "for streams"),
        Case("--stream a --stream b --receiver xdp --engine ring", "--receiver", "xdp", "ring or af-xdp with several streams"),
        Case("--stream a_size=9000 --stream b --engine af-xdp", "--size", "9000 (a), 64 (b)", "at most 4100 with the af-xdp engine"),
        Case("-s 9018 --engine xdp", "--size", "9018", "at most 3412 with the xdp engine"),
        Case("--flows 100000 --engine gso", "--flows", "100000 different frames", "at most 65536 with the gso engine"),
        Case("--encap gre --engine gso -s 128", "--encap", "gre", "left out with the gso engine"),
        Case("--malformed ip-length --engine gso", "--malformed", "ip-length", "left out with the gso engine")
    ]

    static let superframes: [Case] = [
        Case("--superframes --engine ring", "--superframes", "true", "left out with the ring engine, which sends frames only"),
        Case("--superframes --engine xdp", "--superframes", "true", "left out with the xdp engine"),
        Case("--superframes --engine null --receiver null", "--superframes", "true", "left out with the null engine"),
        Case("--superframes --receiver none", "--superframes", "true", "left out with the none receiver"),
        Case("--superframes --receiver af-xdp", "--superframes", "true", "left out with the af-xdp receiver"),
        Case("--superframes --network raw", "--superframes", "true", "left out in frames without IP"),
        Case("--superframes --stream a --stream b", "--superframes", "true", "left out with several streams"),
        Case("--superframes --encap gre", "--encap", "gre", "left out with the gso engine"),
        Case("--superframes -s imix", "--size", "imix", "one size with --superframes"),
        Case("--superframes --transport tcp --no-tso", "--tso", "false", "true or left out with superframes of TCP"),
        Case("--superframes --no-checksum-offload", "--checksum-offload", "false", "true or left out with superframes"),
        Case("--superframes --placement best", "--placement", "best", "auto, inline, same-core or split-softirq with superframes")
    ]

    @Test(arguments: missingFields + overflows + sizes + rates + overlaps + shares + uncarried + superframes)
    func isToldInOneLineBeforeAnythingIsSent(_ one: Case) async throws {
        let run = try await Program.vethmark(["run", "--no-save", "-t", "1"] + one.flags)
        #expect(run.exitCode == 64 && run.output.isEmpty, "\(run.status): \(run.errors)")
        #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        #expect(run.errors.hasPrefix("vethmark: \(one.field) is "), "\(run.errors)")
        #expect(run.errors.contains(one.found) && run.errors.contains(one.allowed), "\(run.errors)")
        // And what to do instead.
        #expect(run.errors.contains(" but must be ") && run.errors.contains("; "), "\(run.errors)")
    }
}
