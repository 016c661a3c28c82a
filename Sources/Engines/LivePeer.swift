import Kernel
import Links
import Plans

/// What the frames of the `xdp` engine fall into: the receive queue of the sending veth's own peer, wherever the plan's receiving end is.
///
/// That queue is there only with NAPI, which a veth has with GRO or a native XDP program. Without, `veth_xdp_xmit` loses every frame and no
/// counter moves.
enum LivePeer {
    /// Sees to it that the peer takes live frames, on a path where it isn't the plan's receiving end. What is changed is given back with
    /// the pair.
    ///
    /// - Throws: `TrialError.livePeerOutOfReach`, `.livePeerWithoutQueue`; `LinkError` as the kernel refuses GRO.
    package static func prepare(_ plan: TrialPlan, _ pair: LinkPair) throws {
        guard plan.transmit.engine == .xdp, pair.transmit.link.kind == "veth" else { return }
        if pair.isDirect {
            let hasProgram = [.xdp, .afXDP].contains(plan.receive.receiver)
            if plan.link.gro == false, !hasProgram { throw TrialError.livePeerWithoutQueue(pair.receive.link.name) }
            return
        }
        guard let peer = pair.transmit.peer(among: [pair.transmit.namespace, pair.receive.namespace]) else {
            if plan.link.force { return }
            throw TrialError.livePeerOutOfReach(
                plan.link.transmit?.description ?? pair.transmit.link.name, peerIndex: pair.transmit.link.peerIndex)
        }
        // The plan's own word on an interface goes before ours.
        if peer.isSameInterface(as: pair.receive), plan.link.gro == false { throw TrialError.livePeerWithoutQueue(peer.link.name) }
        try pair.switchFeatures(["rx-gro": true], of: peer)
    }
}
