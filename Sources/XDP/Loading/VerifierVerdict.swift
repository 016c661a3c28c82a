/// What the verifier found wrong, taken from its log.
public struct VerifierVerdict: Equatable, Sendable {
    /// The 8-byte place of the last instruction that it looked at; nil if it came to none.
    public var place: Int?
    /// That instruction, as this module writes it.
    public var instruction: String?
    /// The verifier's own words.
    public var words: String

    /// With level 1 the log holds each instruction that was looked at, `12: (61) r2 = …`, then what is wrong in a line or
    /// more, then `processed 13 insns …` (kernel/bpf/verifier.c: `do_check`, `print_verification_stats`).
    init(log: String, instructions: [Instruction]) {
        var words: [Substring] = []
        for line in log.split(separator: "\n") {
            if let place = Self.place(line) {
                self.place = place
                words = []
            } else if line.hasPrefix("processed ") {
                break
            } else if !Self.isState(line) {
                words.append(line)
            }
        }
        self.words = words.isEmpty ? "no reason given" : words.joined(separator: "; ")
        instruction = place.flatMap { Self.instruction(at: $0, of: instructions) }?.description
    }

    /// Whether a caller with CAP_PERFMON would have been spared (kernel/bpf/verifier.c: `sanitize_err`, `allow_ptr_leaks`).
    var needsPerfmon: Bool { words.contains("prohibited for !root") }

    private static func place(_ line: Substring) -> Int? {
        guard let colon = line.firstIndex(of: ":"), line[colon...].hasPrefix(": (") else { return nil }
        return Int(line[..<colon])
    }

    /// What the registers hold, after a jump or a branch: no finding.
    private static func isState(_ line: Substring) -> Bool {
        if line.hasPrefix("from ") || line.hasPrefix(";") { return true }
        guard let colon = line.firstIndex(of: ":") else { return false }
        return Int(line[..<colon]) != nil
    }

    private static func instruction(at place: Int, of instructions: [Instruction]) -> Instruction? {
        var next = 0
        for instruction in instructions {
            if next == place { return instruction }
            next += instruction.slots
        }
        return nil
    }
}

extension VerifierVerdict: CustomStringConvertible {
    public var description: String {
        guard let place else { return "(\(words))" }
        return "at instruction \(place), `\(instruction ?? "?")` (\(words))"
    }
}
