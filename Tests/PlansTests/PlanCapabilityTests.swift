import Kernel
import Testing

@testable import Plans

/// The table of docs/deploying.md.
@Suite struct PlanCapabilityTests {
    private static let pair: Set<Capability> = [.netAdmin, .netRaw, .sysAdmin]

    /// Engine, receiver, and what they need over a private pair and over given interfaces.
    private static let rows: [(EngineName, ReceiverName, Set<Capability>, Set<Capability>)] = [
        (.ring, .ring, pair, [.netRaw]), (.mmsg, .ring, pair, [.netRaw]), (.ring, .none, pair, [.netRaw]),
        (.gso, .ring, pair, [.netRaw, .netAdmin]), (.afXDP, .afXDP, pair.union([.ipcLock]), [.netAdmin, .netRaw, .bpf, .ipcLock]),
        (.xdp, .xdp, pair, [.netAdmin, .netRaw, .bpf, .perfmon]), (.null, .null, [], [])
    ]

    @Test(arguments: rows)
    func whatATrialNeeds(_ engine: EngineName, _ receiver: ReceiverName, _ ofPair: Set<Capability>, _ ofInterfaces: Set<Capability>) throws
    {
        var draft = PlanDraft()
        draft.transmit.engine = engine
        draft.receive.receiver = receiver
        #expect(try TrialPlan(draft).capabilities == ofPair)
        guard engine != .null else { return }
        draft.link.transmit = InterfaceReference("veth0")
        draft.link.receive = InterfaceReference("veth1")
        #expect(try TrialPlan(draft).capabilities.isSuperset(of: ofInterfaces))
        // As the plan leaves interfaces as they are.
        var plan = try TrialPlan(draft)
        (plan.link.mtuBytes, plan.link.transmitQueues, plan.link.receiveQueues) = (nil, nil, nil)
        #expect(plan.capabilities == ofInterfaces)
        plan.link.mtuBytes = 1500
        #expect(plan.capabilities == ofInterfaces.union([.netAdmin]))
    }
}
