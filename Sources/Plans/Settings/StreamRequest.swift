import Metrics
import Traffic

/// One of several streams as it was asked for: what of its frames differs from what the plan says of all, and how often its turn comes.
public struct StreamRequest: Equatable, Sendable {
    public var name: String
    /// Frames in a round; nil for one, or where rates say it.
    public var share: Int?
    public var rate: PacketRate?
    /// How its frames are spread over time, by its own rate; nil where streams take turns, or for an even row.
    public var shape: LoadShape?
    /// A capture file that holds its frames.
    public var replay: String?
    /// Settings of the frame section.
    public var settings = PlanDraft()

    public init(name: String, share: Int? = nil, rate: PacketRate? = nil, shape: LoadShape? = nil) {
        self.shape = shape
        self.name = name
        self.share = share
        self.rate = rate
    }

    /// Keys that aren't the frame's.
    static let ownKeys = ["name", "share", "rate", "shape", "replay"]

    /// The frame's settings that a stream may have for itself: all but streams.
    public static var rows: [any SettingRow] { SettingTable.rows(of: FrameSection.self).filter { $0.field != .streams } }
}

extension StreamRequest: CustomStringConvertible {
    /// As it would be written behind `--stream`.
    public var description: String {
        var words = [name]
        if let share { words.append("share=\(share)") }
        if let rate { words.append("rate=\(RateRequest.packets(rate))") }
        if let shape { words.append("shape=\(shape)") }
        if let replay { words.append("replay=\(replay)") }
        for row in Self.rows {
            if let text = row.text(in: settings) { words.append("\(row.field.key)=\(text.filter { $0 != " " })") }
        }
        return words.joined(separator: " ")
    }
}

extension SettingKind where Value == [StreamRequest] {
    package static let streams = SettingKind(
        .stream, "streams, each a name and what is its own, as in 'voice share=1 size=200 dscp=46'", takesList: true,
        text: { $0.map(\.description).joined(separator: "; ") }
    ) { input throws(SettingProblem) in
        var streams: [StreamRequest] = []
        switch input.content {
        case .list(let elements): for element in elements() { streams.append(try StreamReader.stream(element)) }
        case .text(let text):
            for part in text.split(separator: ";") {
                streams.append(try StreamReader.stream(SettingInput(.text(String(part)), place: input.place)))
            }
        case .nothing, .mapping, .other: throw input.problem()
        }
        for (position, stream) in streams.enumerated() where streams[..<position].contains(where: { $0.name == stream.name }) {
            throw SettingProblem(found: "'\(stream.name)' twice", allowed: "streams of different names", place: input.place)
        }
        guard (1...PlanBounds.streams.upperBound).contains(streams.count) else {
            throw SettingProblem(
                found: "\(streams.count) streams", allowed: "1 to \(PlanBounds.streams.upperBound), which signatures can tell apart",
                place: input.place)
        }
        return streams
    }
}

/// Reads one stream, of either kind of writing: a text of words, or a mapping.
enum StreamReader {
    static func stream(_ input: SettingInput) throws(SettingProblem) -> StreamRequest {
        switch input.content {
        case .text(let text): try stream(pairs(text, input), of: input)
        case .mapping(let pairs): try stream(pairs(), of: input)
        case .nothing, .list, .other: throw input.problem()
        }
    }

    /// `voice share=1 size=64,128`: the first word may go without its key.
    private static func pairs(_ text: String, _ input: SettingInput) throws(SettingProblem) -> [(key: String, value: SettingInput)] {
        let words = text.split(whereSeparator: \.isWhitespace)
        var pairs: [(key: String, value: SettingInput)] = []
        for (position, word) in words.enumerated() {
            let halves = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if halves.count == 2 {
                pairs.append((halves[0], SettingInput(.text(halves[1]), place: input.place)))
            } else if position == 0 {
                pairs.append(("name", SettingInput(.text(String(word)), place: input.place)))
            } else {
                throw problem(input, "'\(word)' is no KEY=VALUE", allowed: "words of the form KEY=VALUE behind the name")
            }
        }
        return pairs
    }

    private static func stream(
        _ pairs: [(key: String, value: SettingInput)], of input: SettingInput
    ) throws(SettingProblem) -> StreamRequest {
        var stream = StreamRequest(name: "")
        for (position, (key, value)) in pairs.enumerated() {
            guard !pairs[..<position].contains(where: { $0.key == key }) else {
                throw problem(value, "which says '\(key)' twice", allowed: "one value for each key")
            }
            switch key {
            case "name": stream.name = try read(key, value, name)
            case "share": stream.share = try read(key, value, share)
            case "rate": stream.rate = try read(key, value, rate)
            case "shape": stream.shape = try read(key, value, shape)
            case "replay": stream.replay = try read(key, value, replay)
            default: try read(key, value, into: &stream)
            }
        }
        guard !stream.name.isEmpty else {
            throw SettingProblem(
                found: "a stream without a name", allowed: "a name and what is its own, as in 'voice share=1'", place: input.place)
        }
        guard stream.share == nil || stream.rate == nil else {
            throw SettingProblem(found: "'\(stream.name)' with share and rate", allowed: "one of the two", place: input.place)
        }
        guard stream.share == nil || stream.shape == nil else {
            throw SettingProblem(
                found: "'\(stream.name)' with share and shape", allowed: "a shape beside a rate of the stream's own", place: input.place)
        }
        let own = StreamRequest.rows.filter { $0.text(in: stream.settings) != nil }.map(\.field.key)
        guard stream.replay == nil || own.isEmpty else {
            throw SettingProblem(
                found: "'\(stream.name)' with replay and \(own.joined(separator: ", "))",
                allowed: "a replay without settings of frames beside it, which the file holds", place: input.place)
        }
        return stream
    }

    private static let replay = ReplaySection.shared.file.kind
    private static let shape = SettingTable.shared.load.shape.kind
    private static let name = SettingKind<String>.parsed("a word of 1 to 32 letters, digits, '-', '_' or '.'") { text in
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || "0123456789-_.".unicodeScalars.contains($0))
        }
        return isPlain && (1...32).contains(text.count) ? text : nil
    }
    private static let share = SettingKind<Int>.number(1...StreamProgram.maximumRound)
    private static let rate = SettingKind<PacketRate>.quantity(.rate, "frames a second, as in 100kpps") { text throws(QuantityError) in
        try PacketRate(parsing: text)
    }

    /// - Throws: a problem that names stream's key and value.
    private static func read<Value>(_ key: String, _ value: SettingInput, _ kind: SettingKind<Value>) throws(SettingProblem) -> Value {
        do throws(SettingProblem) {
            if let read = try kind.parse(value) {
                if let bounds = kind.bounds, !bounds.contains(read) { throw value.problem() }
                return read
            }
        } catch {
            throw problem(value, "whose \(key) is \(error.found)", allowed: error.allowed ?? kind.allowed, hint: error.hint)
        }
        throw problem(value, "whose \(key) is empty", allowed: kind.allowed)
    }

    private static func read(_ key: String, _ value: SettingInput, into stream: inout StreamRequest) throws(SettingProblem) {
        guard let row = StreamRequest.rows.first(where: { $0.field.key == key }) else {
            let keys = StreamRequest.ownKeys + StreamRequest.rows.map(\.field.key)
            throw problem(
                value, "which has a key '\(key.onOneLine)'", allowed: "of the keys \(keys.joined(separator: ", "))",
                hint: Spelling.suggestion(for: key, among: keys).map { "did you mean '\($0)'?" })
        }
        do throws(SettingProblem) {
            try row.read(value, into: &stream.settings, from: .method)
        } catch {
            throw problem(value, "whose \(key) is \(error.found)", allowed: error.allowed ?? row.allowed, hint: error.hint)
        }
    }

    private static func problem(_ input: SettingInput, _ found: String, allowed: String, hint: String? = nil) -> SettingProblem {
        SettingProblem(found: "a stream \(found)", allowed: allowed, hint: hint, place: input.place)
    }
}
