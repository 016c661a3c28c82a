import Kernel
import Links
import TestSupport
import Testing

@testable import Engines
@testable import Plans

/// What an engine or a receiver needs of interfaces besides the plan's ends, looked at before anything leaves.
@Suite(.enabled(if: KernelAccess.isGranted), .serialized) struct PathCheckTests {
    private func plan(_ change: (inout PlanDraft) -> Void) throws -> TrialPlan {
        var draft = PlanDraft()
        draft.link.transmit = InterfaceReference("a0")
        draft.link.receive = InterfaceReference("b0")
        change(&draft)
        return try TrialPlan(draft)
    }

    private func sentence(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return (error as? TrialError)?.description ?? "\(error)"
        }
    }

    private func hasGRO(_ end: LinkEnd) throws -> Bool? {
        try end.ethtool?.features(of: end.link)["rx-gro"]
    }

    /// Two pairs, the second in the namespace of the first's far end: a path that has to be carried over between them.
    private func path() throws -> (path: LinkPair, first: LinkPair) {
        let first = try LinkPair.makePrivate(LinkSettings())
        let middle = first.receive.namespace
        let table = try LinkTable(in: middle)
        try table.makeVethPair(VethEnd(name: "second-a"), VethEnd(name: "second-b"), in: middle)
        let path = try LinkPair.open(transmit: first.transmit, receive: try LinkEnd(named: "second-b", in: middle), LinkSettings())
        return (path, first)
    }

    @Test func liveFramesFindARingAtTheSendersOwnPeer() throws {
        let (path, first) = try path()
        #expect(!path.isDirect)
        #expect(try hasGRO(first.receive) == false)
        try LivePeer.prepare(try plan { $0.transmit.engine = .gso }, path)
        #expect(try hasGRO(first.receive) == false)
        try LivePeer.prepare(try plan { $0.transmit.engine = .xdp }, path)
        #expect(try hasGRO(first.receive) == true)
        #expect(try hasGRO(path.receive) == false)
        #expect(path.restore().isEmpty)
        #expect(try hasGRO(first.receive) == false)
    }

    /// Its namespace is held by a descriptor of this process and by nothing that has a name.
    @Test func aPeerOutOfReachIsToldAsThat() throws {
        let first = try LinkPair.makePrivate(LinkSettings())
        let second = try LinkPair.makePrivate(LinkSettings())
        let path = try LinkPair.open(transmit: first.transmit, receive: second.receive, LinkSettings())
        let refusal = sentence { try LivePeer.prepare(try plan { $0.transmit.engine = .xdp }, path) }
        #expect(
            refusal
                == "frames of engine xdp are lost where the peer of a0 (index \(first.receive.link.index)) has neither GRO nor an XDP program, "
                + "and that peer is in no network namespace that can be reached from here; use --engine gso, or switch GRO on there "
                + "(`ethtool -K PEER gro on`) and add --force")
        #expect(
            sentence {
                try LivePeer.prepare(
                    try plan {
                        $0.transmit.engine = .xdp; $0.link.force = true
                    }, path)
            } == nil)
        #expect(try hasGRO(first.receive) == false)
    }

    @Test func liveFramesWithoutAnyRingAreRefused() throws {
        let pair = try LinkPair.makePrivate(LinkSettings())
        func refusal(_ receiver: ReceiverName) throws -> String? {
            let plan = try plan {
                $0.transmit.engine = .xdp
                $0.receive.receiver = receiver
                $0.link.gro = false
            }
            return sentence { try LivePeer.prepare(plan, pair) }
        }
        #expect(
            try refusal(.ring)
                == "frames of engine xdp are lost where vethmark-b has neither GRO nor an XDP program, and GRO was asked to be off; "
                + "leave out --no-gro, or use --engine gso")
        #expect(try refusal(.xdp) == nil)
    }

    /// A queue without a socket would pass its frames by every reader.
    @Test(arguments: [(1, 1, true), (2, 2, true), (2, 1, false), (4, 2, false), (1, 2, true)])
    func everyQueueHasAReader(_ queues: Int, _ workers: Int, _ isSound: Bool) throws {
        var settings = LinkSettings()
        settings.channels = LinkChannels(transmit: queues, receive: queues)
        let pair = try LinkPair.makePrivate(settings)
        let plan = try plan {
            $0.transmit.engine = .ring
            $0.receive.receiver = .afXDP
            $0.receive.workers = workers
        }
        let refusal = sentence { _ = try EngineCheck.settled(plan, on: pair) }
        #expect((refusal == nil) == isSound)
        if !isSound {
            #expect(
                refusal
                    == "interface vethmark-b has \(queues) receive queues, and receiver af-xdp reads \(workers) of them: frames on the others "
                    + "would pass it; use --rx-threads \(queues), or fewer queues with --rx-queues (`ethtool -L`)")
        }
        #expect(sentence { _ = try EngineCheck.settled(try self.plan { $0.transmit.engine = .ring }, on: pair) } == nil)
    }
}
