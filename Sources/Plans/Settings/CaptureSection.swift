/// Capture tools and their turns, for `vethmark capture` of a profile. They say nothing of a trial, so that the table of settings doesn't have them.
public struct CaptureSection: SettingSection {
    public static let name = "capture"
    public static let title = "Capture"
    public static let shared = CaptureSection()

    public let tools = Setting<[String]>(
        "capture.tools", "The tools, each as one command line with {if}, {file} and {dir} in it.",
        SettingKind(.word, "a list of command lines, as in [tcpdump -i '{if}' -w '{file}']", takesList: true) {
            input throws(SettingProblem) in
            // Commas are the tools' own.
            guard case .list(let elements) = input.content else { throw input.problem() }
            var lines: [String] = []
            for element in elements() {
                if let line = try SettingKind.line(characters: 1...4_096).parse(element) { lines.append(line) }
            }
            guard !lines.isEmpty else { throw input.problem() }
            return lines
        }, default: { _ in "none: behind `--`, or of `--compare`" },
        examples: "[\"tcpdump -i {if} -w {file}\"]")
    public let rounds = Setting<Int>(
        "capture.rounds", "How often each tool has its turn.", .number(CaptureRequest.rounds), default: { _ in "1, or 3 of several tools" },
        examples: "5")
}

/// What a profile asks of a capture; nil where it says nothing.
public struct CaptureRequest: Equatable, Sendable {
    public static let rounds = 1...100

    public var tools: [String]?
    public var rounds: Int?

    public init() {}
}
