import Frames

/// What to change on a link; nil leaves it as it is.
public struct LinkChanges: Equatable, Sendable {
    public var up: Bool?
    public var mtuBytes: Int?
    public var address: MACAddress?
    /// Only true does anything.
    public var withoutIPv6Address: Bool?

    public init(up: Bool? = nil, mtuBytes: Int? = nil, address: MACAddress? = nil, withoutIPv6Address: Bool? = nil) {
        self.up = up
        self.mtuBytes = mtuBytes
        self.address = address
        self.withoutIPv6Address = withoutIPv6Address
    }
}
