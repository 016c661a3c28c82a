import Engines
import Frames
import Kernel
import Links
import Plans
import Ports
import Results
import Traffic
import XDP

/// `vethmark probe`: what this kernel and this user can do, found out by doing it, on a private
/// pair wherever a link is needed.
public struct Probe {
    private var items: [ProbeItem] = []

    /// May move the process into a user namespace: call it before the first thread, and for nothing
    /// else in the same process.
    public static func run() -> ProbeResult {
        var probe = Probe()
        probe.checkNamespaces()
        probe.checkPair()
        probe.checkPrivileged()
        probe.checkEngines()
        probe.checkMachine()
        return ProbeResult(items: probe.items)
    }

    private mutating func add(_ name: String, _ detail: String) {
        items.append(ProbeItem(name: name, available: true, detail: detail, remedy: nil))
    }

    private mutating func add(_ name: String, missing reason: String, _ remedy: String) {
        items.append(ProbeItem(name: name, available: false, detail: reason, remedy: remedy))
    }

    /// Tries something that fails with a system error.
    private mutating func attempt(_ name: String, remedy: String, _ body: () throws -> String) {
        do {
            add(name, try body())
        } catch {
            add(name, missing: "\(error)", remedy)
        }
    }

    // MARK: namespaces

    private static let namespaceRemedy = """
        sysctl user.max_user_namespaces=10000; where they exist also kernel.unprivileged_userns_clone=1 and \
        kernel.apparmor_restrict_unprivileged_userns=0
        """

    private mutating func checkNamespaces() {
        attempt("user-namespace", remedy: Self.namespaceRemedy) {
            try KernelProbe.userNamespace()
            return "a run without root is possible"
        }
        let capabilities = CapabilitySet.effective
        if !capabilities.contains(.sysAdmin) { try? UserNamespace.enter() }
        attempt("network-namespace", remedy: "run as root, or allow user namespaces") {
            _ = try NetworkNamespace.makePrivate(name: "probe")
            return capabilities.contains(.sysAdmin) ? "with CAP_SYS_ADMIN" : "inside a user namespace"
        }
    }

    // MARK: on a private pair

    private mutating func checkPair() {
        do {
            let pair = try LinkPair.makePrivate(LinkSettings())
            add("veth", "a private pair was made, \(pair.isDirect ? "its ends know each other" : "but its ends don't match")")
            checkSockets(pair)
        } catch {
            add("veth", missing: "\(error)", "modprobe veth, or a kernel with CONFIG_VETH")
            for name in ["tx-ring", "vnet-header", "qdisc-bypass", "rx-ring-v3", "fanout-cbpf", "ring-node-query"] {
                add(name, missing: "there is no link to try it on", "see veth")
            }
        }
    }

    private mutating func checkSockets(_ pair: LinkPair) {
        let rawSocket = "run as root, with CAP_NET_RAW, or allow user namespaces"
        let near = pair.transmit
        attempt("tx-ring", remedy: rawSocket) {
            try near.namespace.perform {
                let port = try Self.transmitPort(near.link.index, linear: false)
                return "PACKET_TX_RING, TPACKET_V2, \(port.slotCount) slots of \(port.slotBytes) bytes"
            }
        }
        attempt("vnet-header", remedy: "a kernel with PACKET_VNET_HDR on rings (4.6); --layout fragments works without") {
            try near.namespace.perform {
                _ = try Self.transmitPort(near.link.index, linear: true)
                return "frames can be linear (PACKET_VNET_HDR before a ring)"
            }
        }
        attempt("qdisc-bypass", remedy: "a kernel from 3.14 on") {
            try near.namespace.perform {
                try PacketSocket().set(.qdiscBypass, Int32(1))
                return "PACKET_QDISC_BYPASS"
            }
        }
        let far = pair.receive
        attempt("rx-ring-v3", remedy: rawSocket) {
            try far.namespace.perform {
                let port = try Self.receivePort(far.link.index, fanout: nil)
                return "PACKET_RX_RING, TPACKET_V3, \(port.ringBytes / 1024) KiB"
            }
        }
        attempt("fanout-cbpf", remedy: "a kernel from 4.3 on; one --rx-thread works without") {
            try far.namespace.perform {
                _ = try Self.receivePort(
                    far.link.index, fanout: .init(group: 0x766D, signatureOffsetBytes: 42, stripsOneTag: false))
                return "PACKET_FANOUT_CBPF: several receive workers"
            }
        }
        attempt("ring-node-query", remedy: "a kernel with CONFIG_NUMA, and a seccomp profile that allows get_mempolicy") {
            try far.namespace.perform {
                guard let node = try Self.receivePort(far.link.index, fanout: nil).ringNode else {
                    throw SystemError(call: "get_mempolicy", number: ErrorNumber.notSupported)
                }
                return "ring pages can be found: node \(node)"
            }
        }
    }

    private static func transmitPort(_ index: Int, linear: Bool) throws -> RingTransmitPort {
        let template = FrameTemplate(bytes: [UInt8](repeating: 0, count: 60), stampPoint: StampPoint(signatureOffset: 42))
        return try RingTransmitPort(
            .init(interfaceIndex: index, minimumSlots: 32, linear: linear, qdiscBypass: true), templates: [template])
    }

    private static func receivePort(
        _ index: Int, fanout: RingReceivePort.Settings.Fanout?
    ) throws -> RingReceivePort {
        try RingReceivePort(
            .init(
                interfaceIndex: index, blockBytes: 131_072, blocks: 2, retireMilliseconds: 4, snapBytes: 0,
                fanout: fanout))
    }

    // MARK: real root only

    private mutating func checkPrivileged() {
        let isReal = UserNamespace.isInitial
        let capabilities = CapabilitySet.effective
        if isReal && capabilities.contains(.netAdmin) {
            add("send-buffer-force", "SO_SNDBUFFORCE: send buffers beyond net.core.wmem_max")
        } else {
            add(
                "send-buffer-force", missing: "needs CAP_NET_ADMIN in the initial user namespace",
                "run as root, or raise net.core.wmem_max")
        }
        if !isReal || !capabilities.contains(.netAdmin) {
            add("rps", missing: "needs root in the initial user namespace", "run as root")
        } else if TextFile.read("/sys/class/net/lo/queues/rx-0/rps_cpus") == nil {
            add("rps", missing: "/sys/class/net/…/queues/rx-0/rps_cpus is not there", "a kernel with CONFIG_RPS, and /sys mounted")
        } else {
            add("rps", "receive packet steering masks can be set")
        }
        attempt("xdp", remedy: "run as root (CAP_BPF and CAP_NET_ADMIN in the initial user namespace)") {
            try KernelProbe.xdpProgram()
            return "the kernel takes XDP programs from this user"
        }
    }

    // MARK: engines and receivers

    /// Each by its name on the command line, those first that another answer decides; what `auto` would have to say.
    private mutating func checkEngines() {
        let all =
            EngineName.contestants.map { (name: "engine-\($0.rawValue)", probe: $0.side.probe) }
            + ReceiverName.contestants.map { (name: "receiver-\($0.rawValue)", probe: $0.side.probe) }
        for side in all { if let probe = side.probe, let other = probe.follows { follow(side.name, other, probe) } }
        let isPaired = hasAnswer("veth")
        for side in all {
            guard let probe = side.probe, probe.follows == nil else { continue }
            if probe.needsPair && !isPaired {
                add(side.name, missing: "there is no link to try it on", "see veth")
            } else {
                attempt(side.name, remedy: probe.remedy, probe.attempt)
            }
        }
    }

    private mutating func follow(_ name: String, _ other: String, _ probe: SideProbe) {
        if hasAnswer(other) {
            attempt(name, remedy: probe.remedy, probe.attempt)
        } else {
            add(name, missing: "see \(other)", probe.remedy)
        }
    }

    /// Whether that worked.
    private func hasAnswer(_ name: String) -> Bool { items.contains { $0.name == name && $0.available } }

    // MARK: the machine

    private mutating func checkMachine() {
        let topology = Topology.read()
        if Numa.isAvailable {
            let nodes = topology.nodes.count
            add("numa", "\(nodes) \(nodes == 1 ? "node" : "nodes"), memory policies work")
        } else {
            add("numa", missing: "the kernel has no memory policies", "a kernel with CONFIG_NUMA; runs work without")
        }
        let clocksource = MachineFacts.clocksource ?? "unknown"
        let cost = Self.clockCostNanoseconds
        if cost < 100 {
            add("clocksource", "\(clocksource), \(cost) ns a reading")
        } else {
            add(
                "clocksource", missing: "\(clocksource) costs \(cost) ns a reading, too much for a stamp per frame",
                "boot with clocksource=tsc where the CPU's TSC is stable")
        }
    }

    private static var clockCostNanoseconds: UInt64 {
        let readings: UInt64 = 10_000
        let start = Clock.monotonicNanoseconds
        for _ in 0..<readings { _ = Clock.realtimeNanoseconds }
        return (Clock.monotonicNanoseconds - start) / readings
    }
}
