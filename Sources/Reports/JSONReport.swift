import FoundationEssentials
import Results

/// Results as one JSON object with sorted keys, for scripts.
public enum JSONReport {
    /// Ends with a line break.
    public static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }

    public static func result(_ text: String) throws -> RunResult {
        try JSONDecoder().decode(RunResult.self, from: Data(text.utf8))
    }
}
