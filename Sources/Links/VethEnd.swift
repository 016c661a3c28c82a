import CLinux
import Frames
import Kernel

/// One end of a veth pair to be made.
public struct VethEnd: Sendable {
    public var name: String
    /// Nil leaves what follows to the kernel.
    public var mtuBytes: Int?
    public var transmitQueues: Int?
    public var receiveQueues: Int?
    public var address: MACAddress?

    public init(
        name: String, mtuBytes: Int? = nil, transmitQueues: Int? = nil, receiveQueues: Int? = nil, address: MACAddress? = nil
    ) {
        self.name = name
        self.mtuBytes = mtuBytes
        self.transmitQueues = transmitQueues
        self.receiveQueues = receiveQueues
        self.address = address
    }

    func add(to request: inout NetlinkRequest) {
        request.add(Int(IFLA_IFNAME), string: name)
        if let mtuBytes { request.add(Int(IFLA_MTU), UInt32(mtuBytes)) }
        if let transmitQueues { request.add(Int(IFLA_NUM_TX_QUEUES), UInt32(transmitQueues)) }
        if let receiveQueues { request.add(Int(IFLA_NUM_RX_QUEUES), UInt32(receiveQueues)) }
        if let address { request.add(Int(IFLA_ADDRESS), bytes: address.bytes) }
    }
}
