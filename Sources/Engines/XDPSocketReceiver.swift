import Links
import Metrics
import Plans
import Ports
import XDP

/// `af-xdp`: an XDP program redirects each queue's frames to a socket.
struct XDPSocketReceiver: ReceiveSide {
    package static let abilities = ReceiverName.afXDP.abilities

    /// An AF_XDP socket reads one queue. What comes by a queue without one goes past all of them into the network stack, and would count as
    /// lost; which queue that is, the sender's CPU decides (`veth_select_rxq`).
    package static func check(_ plan: TrialPlan, on link: LinkPair) throws(TrialError) {
        // Where the kernel doesn't tell, the sockets themselves will.
        guard let queues = try? link.receive.ethtool?.channelCounts(of: link.receive.link) else { return }
        let active = (queues.receive ?? 0) + (queues.combined ?? 0)
        if active > plan.receive.workers {
            throw .queuesWithoutReader(link.receive.link.name, queues: active, workers: plan.receive.workers)
        }
    }

    /// What a socket had no room for is in the socket's own counters, and in those of the queue a second time.
    package static func isLinkDrop(counter: String) -> Bool { false }

    package static var probe: SideProbe? {
        SideProbe(remedy: SideProbe.programs) {
            let pair = try LinkPair.makePrivate(LinkSettings())
            _ = try SocketRedirect(interfaceIndex: pair.receive.link.index, in: pair.receive.namespace)
            return "frames redirected to AF_XDP sockets"
        }
    }

    /// What feeds the sockets.
    private let redirect: SocketRedirect

    init(for setup: SideSetup) throws {
        let end = try setup.requireLink().receive
        redirect = try SocketRedirect(interfaceIndex: end.link.index, in: end.namespace, mode: setup.plan.receive.attachment)
    }

    package func run(_ worker: ReceiveWorker) throws -> ReceiveWorker.Outcome {
        var port = try XDPSocketReceivePort(.init(queue: worker.index, minimumFrames: PlanDefaults.socketFrames), from: redirect)
        if let microseconds = worker.plan.receive.busyPollMicroseconds { try port.pollBusily(microseconds: microseconds) }
        return try worker.run(&port, ReceivedFrame(placeholder: port.placeholder), ringBytes: port.ringBytes, ringNode: port.ringNode)
    }
}
