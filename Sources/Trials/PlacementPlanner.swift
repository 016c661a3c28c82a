import Kernel
import Plans
import Results

/// Seats workers on CPUs.
///
/// In veth's default mode everything up to the reader's ring runs inside `send`, on the sender's CPU, and
/// the reader is light. So:
///
/// 1. Transmitters get a physical core each, all on one node if it has enough: the node with the most
///    allowed cores. CPU 0 comes last where there are plenty, for it serves most interrupts. SMT siblings come
///    after all cores have one transmitter.
/// 2. Each receiver gets a free core of its transmitter's node, then a free CPU there, then anywhere. Only when no
///    CPU is free does it share one, with the receiver or transmitter fewest sit with, and not its own
///    transmitter if there is another.
/// 3. More workers than CPUs are dealt out evenly, with a warning.
///
/// Isolated CPUs are used only if the affinity mask holds nothing else: their owner has plans for them.
public enum PlacementPlanner {
    /// - Throws: `PlacementError` for CPUs asked for that can't be used.
    public static func plan(
        transmitters: Int, receivers: Int, request: CPURequest, on topology: Topology
    ) throws(PlacementError) -> (placement: Placement, warnings: [Warning]) {
        var floor = SeatingPlan(topology)
        let transmit: [Int]
        if let asked = request.transmit {
            try check(asked, topology)
            for cpu in asked { floor.take(cpu) }
            transmit = asked
        } else {
            // CPUs that the user gave to receivers are not free.
            for cpu in request.receive ?? [] where topology.allowedCPUs.contains(cpu) { floor.take(cpu) }
            transmit = (0..<transmitters).map { _ in floor.seatTransmitter() }
        }
        let receive: [Int]
        if let asked = request.receive {
            try check(asked, topology)
            receive = asked
        } else {
            receive = (0..<receivers).map { floor.seatReceiver(beside: transmit.isEmpty ? nil : transmit[$0 % transmit.count]) }
        }
        let isAsked = request.transmit != nil && request.receive != nil
        let placement = Placement(
            transmit: transmit.map { seat($0, topology) }, receive: receive.map { seat($0, topology) },
            reason: isAsked ? "as asked with --cpus" : reason(transmit, receive, topology))
        return (placement, warnings(transmit, receive, topology))
    }

    /// Seats as above, then looks for CPUs for the receiving softirq as the plan's placement wants it.
    ///
    /// - Throws: `PlacementError.noCPULeft` if every CPU transmits.
    public static func plan(_ plan: TrialPlan, on topology: Topology) throws(PlacementError) -> (placement: Placement, warnings: [Warning])
    {
        var request = CPURequest(transmit: plan.transmit.cpus, receive: plan.receive.cpus)
        if plan.link.placement == .sameCore, request.receive == nil, plan.receive.workers > 0 {
            let transmit = try self.plan(transmitters: plan.transmit.workers, receivers: 0, request: request, on: topology).placement
                .transmit
            request.transmit = transmit.map(\.cpu)
            request.receive = (0..<plan.receive.workers).map { transmit[$0 % transmit.count].cpu }
        }
        var seating = try self.plan(
            transmitters: plan.transmit.workers, receivers: plan.receive.workers, request: request, on: topology)
        guard let name = plan.link.placement, !name.isTheKernels, name != .best else { return seating }
        if name != .sameCore {
            let senders = Set(seating.placement.transmit.map(\.cpu))
            let cpus = seating.placement.receive.map(\.cpu).filter { !senders.contains($0) }
            let softirq = cpus.isEmpty ? topology.allowedCPUs.filter { !senders.contains($0) } : cpus
            guard !softirq.isEmpty else { throw .noCPULeft(placement: name) }
            seating.placement.softirqCPUs = softirq
            seating.placement.reason = "\(name.rawValue), softirq on CPU \(CPUList.format(softirq))"
        } else {
            seating.placement.reason = "same-core, readers on the senders' CPUs"
        }
        return seating
    }

    private static func seat(_ cpu: Int, _ topology: Topology) -> Placement.Seat {
        Placement.Seat(cpu: cpu, node: topology.cpu(cpu)?.node ?? 0)
    }

    private static func check(_ cpus: [Int], _ topology: Topology) throws(PlacementError) {
        for cpu in cpus {
            guard topology.cpu(cpu) != nil else { throw .notPresent(cpu: cpu, online: topology.onlineCPUs) }
            guard topology.allowedCPUs.contains(cpu) else { throw .notAllowed(cpu: cpu, allowed: topology.allowedCPUs) }
        }
    }

    private static func reason(_ transmit: [Int], _ receive: [Int], _ topology: Topology) -> String {
        let all = transmit + receive
        let nodes = Set(all.map { topology.cpu($0)?.node ?? 0 }).count
        let place = nodes == 1 ? "all on one NUMA node" : "over \(nodes) NUMA nodes"
        return Set(all).count == all.count ? "a CPU for each worker, \(place)" : "workers share CPUs, \(place)"
    }

    private static func warnings(_ transmit: [Int], _ receive: [Int], _ topology: Topology) -> [Warning] {
        let workers = transmit.count + receive.count
        let cpus = topology.allowedCPUs.count
        if transmit.count > Set(transmit).count {
            return [
                Warning(
                    code: "workers-outnumber-cpus",
                    message: "\(transmit.count) transmit workers run on \(Set(transmit).count) CPUs, so they take turns",
                    remedy: "use --threads \(Set(transmit).count), or allow more CPUs")
            ]
        }
        guard workers > Set(transmit + receive).count else { return [] }
        return [
            Warning(
                code: "shared-cpu",
                message:
                    "\(workers) workers share \(Set(transmit + receive).count) of \(cpus) CPUs: receivers take a little of the senders' time",
                remedy: "this is as good as it gets with so few CPUs; fewer --threads leave a CPU to the receiver")
        ]
    }
}

/// A CPU that was asked for and can't be had.
public enum PlacementError: ExplainedError, Equatable, Sendable, CustomStringConvertible {
    case notPresent(cpu: Int, online: [Int])
    case notAllowed(cpu: Int, allowed: [Int])
    /// Every CPU transmits, and the placement wants one that doesn't.
    case noCPULeft(placement: PlacementName)

    public var description: String { explanation }

    public var sentence: String {
        switch self {
        case .notPresent(let cpu, _): "there is no CPU \(cpu) online"
        case .noCPULeft(let placement): "--placement \(placement.rawValue) wants a CPU that doesn't transmit, and every CPU does"
        case .notAllowed(let cpu, _): "CPU \(cpu) is not in this process's affinity mask"
        }
    }

    public var remedy: String? {
        switch self {
        case .notPresent(_, let online): "use --cpus with some of \(CPUList.format(online))"
        case .noCPULeft: "use fewer --threads, or --placement auto"
        case .notAllowed(_, let allowed):
            "use some of \(CPUList.format(allowed)), or widen it with taskset or the cgroup's cpuset"
        }
    }
}

/// Which CPUs are taken, and how often.
private struct SeatingPlan {
    private let cpus: [Topology.CPU]
    private var taken: [Int: Int] = [:]
    private var transmitters: Set<Int> = []
    private var homeNode: Int?

    init(_ topology: Topology) {
        let allowed = Set(topology.allowedCPUs)
        let usable = topology.cpus.filter { allowed.contains($0.number) }
        let common = usable.filter { !topology.isolatedCPUs.contains($0.number) }
        cpus = common.isEmpty ? usable : common
    }

    mutating func take(_ cpu: Int) { taken[cpu, default: 0] += 1 }

    private func load(_ cpu: Topology.CPU) -> Int { taken[cpu.number] ?? 0 }

    /// Workers on this CPU's core, its siblings' included.
    private func coreLoad(_ cpu: Topology.CPU) -> Int {
        cpus.filter { $0.package == cpu.package && $0.core == cpu.core }.reduce(0) { $0 + load($1) }
    }

    private func coreCount(_ node: Int) -> Int {
        Set(cpus.filter { $0.node == node && coreLoad($0) == 0 }.map { [$0.package, $0.core] }).count
    }

    /// CPU 0 serves interrupts: it comes last where there are at least four CPUs.
    private func isReserved(_ cpu: Topology.CPU) -> Bool { cpu.number == 0 && cpus.count >= 4 }

    mutating func seatTransmitter() -> Int {
        if homeNode == nil { homeNode = Set(cpus.map(\.node)).sorted().max { coreCount($0) < coreCount($1) } }
        let home = homeNode ?? 0
        let best = cpus.min { a, b in
            (load(a), coreLoad(a), a.node == home ? 0 : 1, isReserved(a) ? 1 : 0, a.number)
                < (load(b), coreLoad(b), b.node == home ? 0 : 1, isReserved(b) ? 1 : 0, b.number)
        }
        let cpu = best?.number ?? 0
        take(cpu)
        transmitters.insert(cpu)
        return cpu
    }

    mutating func seatReceiver(beside transmitter: Int?) -> Int {
        let home = cpus.first { $0.number == transmitter }?.node ?? homeNode ?? 0
        let best = cpus.min { a, b in
            (load(a), a.node == home ? 0 : 1, coreLoad(a), a.number == transmitter ? 1 : 0, a.number)
                < (load(b), b.node == home ? 0 : 1, coreLoad(b), b.number == transmitter ? 1 : 0, b.number)
        }
        let cpu = best?.number ?? 0
        take(cpu)
        return cpu
    }
}
