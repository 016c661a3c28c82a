import FoundationEssentials
import Frames
import Kernel
import Traces

/// One captured frame for people and for scripts.
public struct FrameReport: Sendable {
    public let number: UInt64
    public let frame: CapturedFrame
    public let decoded: DecodedFrame
    /// Since the first frame; below zero if it was taken before that.
    public let relativeNanoseconds: Int128
    public let interface: CaptureInterface?

    public init(_ frame: CapturedFrame, number: UInt64, relativeNanoseconds: Int128 = 0, interface: CaptureInterface? = nil) {
        self.frame = frame
        self.number = number
        self.relativeNanoseconds = relativeNanoseconds
        self.interface = interface
        decoded = FrameDecoder.decode(
            frame.bytes, wireBytes: frame.wireBytes, checksumsAreLeft: frame.checksumsAreLeft, first: Self.first(frame, interface))
    }

    private var linkType: LinkType { interface?.linkType ?? .ethernet }

    /// What the frame begins with; what isn't read here is told as bytes, never as an Ethernet header that it hasn't.
    private static func first(_ frame: CapturedFrame, _ interface: CaptureInterface?) -> LayerKind {
        switch interface?.linkType ?? .ethernet {
        case .ethernet: .ethernet
        case .ipv4: .ipv4
        case .ipv6: .ipv6
        case .rawIP:
            switch frame.bytes.first.map({ $0 >> 4 }) {
            case 4: .ipv4
            case 6: .ipv6
            default: .payload
            }
        default: .payload
        }
    }

    /// Number, time, who to whom, the innermost protocol, length, and what it says.
    public func line(_ style: TextStyle) -> String {
        let named = decoded.layers.last { $0.kind != .payload } ?? decoded.layers.last
        let information = decoded.layers.last { $0.information != nil }?.information ?? ""
        let (source, destination) = endpoints
        var text =
            "\(number)".padded(5, toRight: true) + " " + (frame.hasTime ? Self.seconds(relativeNanoseconds) : "no time    ") + " "
            + (frame.direction == .unknown ? "-" : frame.direction.rawValue).padded(4)
        let title = named?.kind == .payload && linkType != .ethernet ? linkType.name : named?.kind.title ?? "empty"
        text += "\(source) → \(destination)  \(style.heading(title))  \(frame.wireBytes)  \(information.dotted)"
        let tagKinds: [LayerKind] = [.customerTag, .serviceTag, .doubleTag, .mpls, .pppoeSession]
        let tags = decoded.layers.filter { tagKinds.contains($0.kind) }.compactMap(\.information)
        if !tags.isEmpty { text += "  (\(tags.joined(separator: ", ")))" }
        for problem in decoded.problems { text += "  " + style.bad("[\(problem.dotted)]") }
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
                text += indent + field.label.padded(10) + "= " + field.text.dotted + "\n"
            }
            for problem in layer.problems { text += indent + style.bad("! \(problem.dotted)") + "\n" }
        }
        for comment in frame.comments { text += "+ remark: \(comment.dotted)\n" }
        if decoded.trailerBytes > 0 { text += "+ \(decoded.trailerBytes) bytes of padding\n" }
        return text
    }

    /// Offset, hexadecimal, text; ends with a line break.
    public func hexDump() -> String { HexDump.lines(frame.bytes).map { $0 + "\n" }.joined() }

    /// The fields that `names` ask for, with tabs between them; several values of one with commas.
    public func fields(_ names: [String]) -> String {
        names.map { name in (Self.frameFields[name]?(self)).map { [$0] } ?? decoded.values(name) }
            .map { $0.joined(separator: ",").dotted }.joined(separator: "\t")
    }

    /// Whether `name` is one of the frame's or of its layers' fields.
    public static func hasField(_ name: String) -> Bool { frameFields[name] != nil || FieldCatalogue.names.contains(name) }

    /// Every name that `hasField` knows.
    public static var fieldNames: [String] { frameFields.keys.sorted() + FieldCatalogue.names }

    private static let frameFields: [String: @Sendable (FrameReport) -> String] = [
        "frame.number": { "\($0.number)" },
        "frame.time_epoch": { $0.frame.hasTime ? seconds($0.frame.timestampNanoseconds) : "" },
        "frame.time_relative": { $0.frame.hasTime ? seconds($0.relativeNanoseconds) : "" },
        "frame.len": { "\($0.frame.wireBytes)" },
        "frame.cap_len": { "\($0.frame.bytes.count)" },
        "frame.interface_id": { $0.interface?.name == nil ? "" : "\($0.frame.interface)" },
        "frame.interface_name": { $0.interface?.name ?? "" },
        "frame.interface_description": { $0.interface?.description ?? "" },
        "frame.packet_flags": { $0.frame.flags == 0 ? "" : flags($0.frame.flags) },
        "frame.packet_flags_direction": { $0.frame.flags == 0 ? "" : flags($0.frame.flags & 3) },
        "frame.comment": { $0.frame.comments.joined(separator: ",") },
        "frame.protocols": { $0.protocols }
    ]

    /// As tshark writes them.
    private static func flags(_ value: UInt32) -> String { "0x" + Hexadecimal.text(UInt64(value), digits: 8) }

    /// What lies in what, from the link type on.
    var protocols: String {
        switch linkType {
        case .ethernet: decoded.protocols
        case .rawIP, .ipv4, .ipv6: decoded.protocols.isEmpty ? "raw" : "raw:\(decoded.protocols)"
        default: decoded.protocols
        }
    }

    /// The frame for a larger object.
    var record: some Encodable { FrameRecord(self) }

    /// One object on one line.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(FrameRecord(self)), as: UTF8.self)
        // JSON may hold DEL, C1 controls and the like as they are, and a terminal would obey them: written as digits they are the same value.
        guard text.unicodeScalars.contains(where: \.isObeyed) else { return text }
        var safe = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar.isObeyed {
                safe.append(contentsOf: ("\\u" + Hexadecimal.text(UInt64(scalar.value), digits: 4)).unicodeScalars)
            } else {
                safe.append(scalar)
            }
        }
        return String(safe)
    }

    static func seconds(_ nanoseconds: Int128) -> String {
        let (whole, rest) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        return (nanoseconds < 0 ? "-" : "") + "\(whole)." + "\(rest)".padded(9, toRight: true).replacing(" ", with: "0")
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
    /// Nil if the capture doesn't say.
    let timestampNanoseconds: Int128?
    let lengthBytes: Int
    let capturedBytes: Int
    let direction: String
    let interface: String?
    let linkType: String?
    let comments: [String]?
    let protocols: String
    let layers: [Layer]

    init(_ report: FrameReport) {
        number = report.number
        timestampNanoseconds = report.frame.hasTime ? report.frame.timestampNanoseconds : nil
        lengthBytes = report.frame.wireBytes
        capturedBytes = report.frame.bytes.count
        direction = report.frame.direction.rawValue
        interface = report.interface?.name
        linkType = report.interface.flatMap { $0.linkType == .ethernet ? nil : $0.linkType.name }
        comments = report.frame.comments.isEmpty ? nil : report.frame.comments
        protocols = report.protocols
        layers = report.decoded.layers.map { layer in
            Layer(
                protocolName: layer.kind.filterName, title: layer.kind.title, summary: layer.summary, offset: layer.range.lowerBound,
                length: layer.range.count,
                fields: layer.fields.map { Field(name: $0.name, label: $0.label, value: "\($0.value)", meaning: $0.meaning) },
                problems: layer.problems)
        }
    }
}
