import Foundation
import Frames
import Traces

/// One captured frame for people and for scripts.
public struct FrameReport: Sendable {
    public let number: UInt64
    public let frame: CapturedFrame
    public let decoded: DecodedFrame
    /// Since the first frame.
    public let relativeNanoseconds: UInt64
    public let interface: String?

    public init(_ frame: CapturedFrame, number: UInt64, relativeNanoseconds: UInt64 = 0, interface: String? = nil) {
        self.frame = frame
        self.number = number
        self.relativeNanoseconds = relativeNanoseconds
        self.interface = interface
        decoded = FrameDecoder.decode(frame.bytes, wireBytes: frame.wireBytes, checksumsAreLeft: frame.checksumsAreLeft)
    }

    /// Number, time, who to whom, the innermost protocol, length, and what it says.
    public func line(_ style: TextStyle) -> String {
        let named = decoded.layers.last { $0.kind != .payload } ?? decoded.layers.last
        let information = decoded.layers.last { $0.information != nil }?.information ?? ""
        let (source, destination) = endpoints
        var text =
            Self.padded("\(number)", 5, right: true) + " " + Self.seconds(relativeNanoseconds) + (frame.isOutgoing ? " out " : " in  ")
        text +=
            "\(source) → \(destination)  \(style.heading(named?.kind.title ?? "empty"))  \(frame.wireBytes)  \(Self.printable(information))"
        let tags = decoded.layers.filter { $0.kind == .customerTag || $0.kind == .serviceTag || $0.kind == .mpls }.compactMap(\.information)
        if !tags.isEmpty { text += "  (\(tags.joined(separator: ", ")))" }
        for problem in decoded.problems { text += "  " + style.bad("[\(Self.printable(problem))]") }
        return text
    }

    /// The innermost addresses.
    private var endpoints: (String, String) {
        for layer in decoded.layers.reversed() {
            func value(_ label: String) -> String? { layer.fields.first { $0.label == label }.map { "\($0.value)" } }
            switch layer.kind {
            case .ipv4, .ipv6, .ethernet: if let source = value("src"), let destination = value("dst") { return (source, destination) }
            default: break
            }
        }
        return ("?", "?")
    }

    /// Every field, layer by layer, as scapy's `show()` lays it out.
    public func layers(_ style: TextStyle) -> String {
        var text = ""
        for (depth, layer) in decoded.layers.enumerated() {
            text += style.heading("###[ \(layer.kind.title) ]###") + "\n"
            let indent = String(repeating: " ", count: 2 + 3 * depth)
            for field in layer.fields {
                text += indent + Self.padded(field.label, 10) + "= " + Self.printable(field.text) + "\n"
            }
            for problem in layer.problems { text += indent + style.bad("! \(Self.printable(problem))") + "\n" }
        }
        if decoded.trailerBytes > 0 { text += "+ \(decoded.trailerBytes) bytes of padding\n" }
        return text
    }

    /// Offset, hexadecimal, text; ends with a line break.
    public func hexDump() -> String { HexDump.lines(frame.bytes).map { $0 + "\n" }.joined() }

    /// The fields that `names` ask for, with tabs between them; several values of one with commas.
    public func fields(_ names: [String]) -> String {
        names.map { name in (Self.frameFields[name]?(self)).map { [$0] } ?? decoded.values(name) }
            .map { Self.printable($0.joined(separator: ",")) }.joined(separator: "\t")
    }

    /// Whether `name` is one of the frame's or of its layers' fields.
    public static func hasField(_ name: String) -> Bool { frameFields[name] != nil || FieldCatalogue.names.contains(name) }

    /// Every name that `hasField` knows.
    public static var fieldNames: [String] { frameFields.keys.sorted() + FieldCatalogue.names }

    private static let frameFields: [String: @Sendable (FrameReport) -> String] = [
        "frame.number": { "\($0.number)" },
        "frame.time_epoch": { seconds($0.frame.timestampNanoseconds) },
        "frame.time_relative": { seconds($0.relativeNanoseconds) },
        "frame.len": { "\($0.frame.wireBytes)" },
        "frame.cap_len": { "\($0.frame.bytes.count)" },
        "frame.interface_name": { $0.interface ?? "" },
        "frame.protocols": { $0.decoded.protocols }
    ]

    /// One object on one line.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(FrameRecord(self)), as: UTF8.self)
    }

    static func seconds(_ nanoseconds: UInt64) -> String {
        "\(nanoseconds / 1_000_000_000)." + padded("\(nanoseconds % 1_000_000_000)", 9, right: true).replacing(" ", with: "0")
    }

    private static func padded(_ text: String, _ width: Int, right: Bool = false) -> String {
        let padding = String(repeating: " ", count: max(0, width - text.count))
        return right ? padding + text : text + padding
    }

    /// Control characters out of a frame must not reach the terminal.
    private static func printable(_ text: String) -> String {
        text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            ? text : String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "." : $0 }))
    }
}

/// The JSON form of a frame.
private struct FrameRecord: Encodable {
    struct Layer: Encodable {
        let protocolName: String
        let title: String
        let summary: String
        let offset: Int
        let length: Int
        let fields: [Field]
        let problems: [String]

        enum CodingKeys: String, CodingKey {
            case protocolName = "protocol"
            case title, summary, offset, length, fields, problems
        }
    }

    struct Field: Encodable {
        let name: String
        let label: String
        let value: String
        let meaning: String?
    }

    let number: UInt64
    let timestampNanoseconds: UInt64
    let lengthBytes: Int
    let capturedBytes: Int
    let direction: String
    let protocols: String
    let layers: [Layer]

    init(_ report: FrameReport) {
        number = report.number
        timestampNanoseconds = report.frame.timestampNanoseconds
        lengthBytes = report.frame.wireBytes
        capturedBytes = report.frame.bytes.count
        direction = report.frame.isOutgoing ? "out" : "in"
        protocols = report.decoded.protocols
        layers = report.decoded.layers.map { layer in
            Layer(
                protocolName: layer.kind.filterName, title: layer.kind.title, summary: layer.summary, offset: layer.range.lowerBound,
                length: layer.range.count,
                fields: layer.fields.map { Field(name: $0.name, label: $0.label, value: "\($0.value)", meaning: $0.meaning) },
                problems: layer.problems)
        }
    }
}
