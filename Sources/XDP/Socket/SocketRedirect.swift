import Kernel

/// The XDP program that gives a receiving interface's frames to AF_XDP sockets, one for each queue: program, map of sockets and
/// attachment, shared by all receive workers and alive as long as any of them reads.
public final class SocketRedirect: Sendable {
    public let interfaceIndex: Int
    /// Queues that may have a socket: those in use when it was made.
    public let queues: Int
    private let map: BPFMap
    private let program: BPFProgram
    private let attachment: XDPAttachment

    /// On an interface of another network namespace than the calling thread's, or of the same. From here on frames of queues
    /// without a socket pass through the program into the network stack.
    ///
    /// - Parameter stampsFrames: whether frames get the time of their arrival; else the reader takes it, later.
    /// - Throws: `ProgramError`, `XDPSocketError.noSuchInterface`, `SystemError` if the namespace can't be entered.
    public init(
        interfaceIndex: Int, in namespace: NetworkNamespace, mode: XDPAttachment.Mode = .native, stampsFrames: Bool = true
    ) throws {
        let queues = try namespace.perform { try ActiveQueues(ofInterface: interfaceIndex).receive }
        let map = try BPFMap(.sockets, name: "redirect_sockets", valueBytes: 4, entries: queues)
        let program = try BPFProgram(
            name: "vethmark_xsk", RedirectCode.program(mapDescriptor: map.descriptor.raw, stampsFrames: stampsFrames))
        let attachment = try XDPAttachment(program, interfaceIndex: interfaceIndex, in: namespace, mode: mode)
        self.interfaceIndex = interfaceIndex
        self.queues = queues
        self.map = map
        self.program = program
        self.attachment = attachment
    }

    /// Gives `queue` to a socket, which has to be bound to it; it is free again when the socket is closed.
    ///
    /// - Throws: `XDPSocketError`: `.noSuchQueue`, `.queueTaken`.
    public func place(_ socket: borrowing XDPSocket, queue: Int) throws(XDPSocketError) {
        guard queue >= 0, queue < queues else { throw .noSuchQueue(queue: queue, activeQueues: queues) }
        do {
            try map.place(socket: socket.descriptor.raw, at: queue)
        } catch {
            if error.number == ErrorNumber.exists { throw .queueTaken(queue: queue, error) }
            throw XDPSocketError(error)
        }
    }
}
