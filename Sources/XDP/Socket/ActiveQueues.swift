import CLinux
import Kernel

/// How many queues an interface has in use, which AF_XDP's queue numbers have to stay below.
public struct ActiveQueues: Equatable, Sendable {
    // Unsafe: both numbers are lent for the call alone.

    public var receive: Int
    public var transmit: Int

    /// Of an interface of the calling thread's network namespace (ETHTOOL_GCHANNELS, which needs no capability). Where the
    /// driver doesn't tell, one of each, which every interface has.
    ///
    /// - Throws: `XDPSocketError.noSuchInterface`.
    public init(ofInterface index: Int) throws(XDPSocketError) {
        var counts: (receive: UInt32, transmit: UInt32) = (0, 0)
        let number = unsafe cl_active_queues(UInt32(index), &counts.receive, &counts.transmit)
        switch number {
        case 0: (receive, transmit) = (Int(counts.receive), Int(counts.transmit))
        case ErrorNumber.notSupported: (receive, transmit) = (1, 1)
        case ErrorNumber.noSuchAddress, ErrorNumber.noSuchDevice:
            throw .noSuchInterface(SystemError(call: "ioctl(SIOCETHTOOL)", number: number))
        default: throw .failed(SystemError(call: "ioctl(SIOCETHTOOL)", number: number))
        }
    }
}
