import ArgumentParser
import Frames
import Metrics
import Trials

extension EngineName: ExpressibleByArgument {}
extension ReceiverName: ExpressibleByArgument {}
extension XDPModeName: ExpressibleByArgument {}
extension ForeignAction: ExpressibleByArgument {}
extension PlacementName: ExpressibleByArgument {}
extension SlotLayout: ExpressibleByArgument {}
extension NetworkProtocol: ExpressibleByArgument {}
extension TransportProtocol: ExpressibleByArgument {}

/// Wraps a parser of `Metrics`, so that its sentence reaches the user whole.
func quantity<Value>(_ parse: @escaping @Sendable (String) throws(QuantityError) -> Value) -> @Sendable (String) throws -> Value {
    { text in
        do throws(QuantityError) {
            return try parse(text)
        } catch {
            throw ValidationError("\(error)")
        }
    }
}

@Sendable func parsedDuration(_ text: String) throws -> UInt64 { try quantity(DurationText.init(parsing:))(text).nanoseconds }
@Sendable func parsedCount(_ text: String) throws -> UInt64 { try quantity(CountText.init(parsing:))(text).count }
@Sendable func parsedByteCount(_ text: String) throws -> Int { try quantity(ByteCount.init(parsing:))(text).bytes }

/// Wraps a failable parser with what it allows.
func text<Value>(
    _ what: String, _ allowed: String, _ parse: @escaping @Sendable (String) -> Value?
) -> @Sendable (String) throws -> Value {
    { text in
        guard let value = parse(text) else {
            throw ValidationError("\(what) '\(text)' is not one; allowed: \(allowed)")
        }
        return value
    }
}

/// An address of either family, told apart by its form.
enum AnyIPAddress: Sendable {
    case v4(IPv4Address)
    case v6(IPv6Address)

    @Sendable init?(_ text: String) {
        if let address = IPv4Address(text) {
            self = .v4(address)
        } else if let address = IPv6Address(text) {
            self = .v6(address)
        } else {
            return nil
        }
    }

    func apply(_ v4: inout IPv4Address?, _ v6: inout IPv6Address?) {
        switch self {
        case .v4(let address): v4 = address
        case .v6(let address): v6 = address
        }
    }
}
