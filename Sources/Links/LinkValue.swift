/// A value as ip(8) writes it in JSON.
public enum LinkValue: Equatable, Sendable {
    case number(UInt64)
    case seconds(Double)
    case text(String)
    case flag(Bool)
    case null
}

extension LinkValue: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let value): try container.encode(value)
        case .seconds(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .flag(let value): try container.encode(value)
        case .null: try container.encodeNil()
        }
    }
}

extension LinkValue: CustomStringConvertible {
    /// For people.
    public var description: String {
        switch self {
        case .number(let value): "\(value)"
        case .seconds(let value): "\(value) s"
        case .text(let value): value
        case .flag(let value): value ? "on" : "off"
        case .null: "none"
        }
    }
}
