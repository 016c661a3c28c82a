import Kernel
import Links
import Plans
import Traffic
import XDP

/// `xdp`: live frames. An eBPF program makes them, no socket and no skb.
struct LiveEngine: TransmitSide {
    package static let abilities = EngineName.xdp.abilities

    package static func adjust(_ settings: inout LinkSettings, for plan: TrialPlan) {
        // Without NAPI on the peer live frames vanish (`veth_xdp_xmit`); GRO brings it where there is no program.
        guard !plan.receive.receiver.abilities.attachesProgram, plan.link.gro == nil else { return }
        settings.receiveFeatures["rx-gro"] = true
    }

    package static func preparePeer(of pair: LinkPair, for plan: TrialPlan) throws { try LivePeer.prepare(plan, pair) }

    package static var probe: SideProbe? {
        SideProbe(remedy: SideProbe.programs) {
            try LiveFrames.attempt()
            return "live frames (BPF_F_TEST_XDP_LIVE_FRAMES)"
        }
    }

    /// One for each worker.
    private let generators: [LiveGenerator]
    private let isPaced: Bool

    init(for setup: SideSetup) throws {
        let link = try setup.requireLink()
        // Each worker sends its share.
        let interval = setup.plan.load.packetRate.map { 1e9 / $0.packetsPerSecond * Double(setup.plan.transmit.workers) }
        // Too many frames for a row each: the program works them out. The plan has its addresses by now.
        let rules =
            setup.plan.mix.isPatched ? try setup.plan.program(transmitAddress: nil, receiveAddress: nil).parts[0].program : nil
        generators = try setup.placement.transmit.map { seat in
            try LiveGenerator(
                templates: setup.templates, rules: rules, interfaceIndex: link.transmit.link.index, intervalNanoseconds: interval,
                rewritesHeaders: !Self.endsInProgram(setup.plan, link), sampling: setup.plan.run.sampling, node: seat.node)
        }
        isPaced = interval != nil
    }

    /// Whether a program of ours is the first and the last that has its hands on a frame: nobody changes it then.
    private static func endsInProgram(_ plan: TrialPlan, _ link: LinkPair) -> Bool {
        link.isDirect && plan.receive.receiver.abilities.attachesProgram && plan.receive.attachment == .native
    }

    package func run(_ worker: TransmitWorker) throws -> TransmitWorker.Outcome { try worker.run(generators[worker.index]) }

    package func publishCounts(to sent: SharedCounters) {
        for (index, generator) in generators.enumerated() { sent.cell(index).store(generator.madeFrames) }
    }

    /// A paced program doesn't end by itself when it has made its last frame.
    package var endsAtLastFrame: Bool { !isPaced }

    package func requestStop() { for generator in generators { generator.requestStop() } }

    /// Each call takes a while to end, so all are asked first.
    package func stop(_ phase: TrialPhase) {
        for generator in generators { generator.requestStop(through: Int(phase.rawValue)) }
        for generator in generators { generator.stop(through: Int(phase.rawValue)) }
    }
}
