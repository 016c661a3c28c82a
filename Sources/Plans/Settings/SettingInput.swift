/// What was written for a setting, in a profile or behind a flag: both are read by the same parsers.
public struct SettingInput {
    public enum Content {
        /// Nothing was written, or YAML's `null`.
        case nothing
        case text(String)
        /// Read when it is asked for: a list of aliases of lists may be longer than memory.
        case list(() -> [SettingInput])
        /// Its keys and values, in their order.
        case mapping(() -> [(key: String, value: SettingInput)])
        /// An alias, which no setting is.
        case other(String)
    }

    public let content: Content
    /// Where it stands; nil on a command line.
    public let place: SourcePlace?

    public init(_ content: Content, place: SourcePlace? = nil) {
        self.content = content
        self.place = place
    }

    /// A flag's value. No shell has a way to say null, so that the word is a text.
    public init(flag text: String) { self.init(.text(text)) }

    public var isNothing: Bool { if case .nothing = content { true } else { false } }

    /// - Parameter allowed: What it must be, where that says more than the setting's own words.
    public func problem(allowed: String? = nil, hint: String? = nil) -> SettingProblem {
        let found =
            switch content {
            case .nothing: "empty"
            case .text(let text): "'\(text.onOneLine)'"
            case .list: "a list"
            case .mapping: "a mapping"
            case .other(let what): what
            }
        return SettingProblem(found: found, allowed: allowed, hint: hint, place: place)
    }

    public func text() throws(SettingProblem) -> String {
        guard case .text(let text) = content else { throw problem() }
        return text
    }

    /// The values of a list, which may also be written as one text with commas, and then in brackets as well.
    package func elements() throws(SettingProblem) -> [SettingInput] {
        if case .list(let elements) = content { return elements() }
        var text = try Substring(text())
        if text.hasPrefix("["), text.hasSuffix("]") {
            text = text.dropFirst().dropLast()
            if text.allSatisfy({ $0 == " " }) { return [] }
        }
        return text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            let word = part.drop { $0 == " " }
            let blanks = word.reversed().prefix { $0 == " " }.count
            return SettingInput(.text(String(word.dropLast(blanks))), place: place)
        }
    }
}

/// Why a value does not fit its setting.
public struct SettingProblem: Error {
    /// What it is, to stand behind "is": `'big'`, `a list`.
    public var found: String
    /// What it must be, where that says more than the setting's own words.
    public var allowed: String?
    /// Stands at the end of the sentence: `did you mean 'ring'?`
    public var hint: String?
    /// Where, if not at the value's start.
    public var place: SourcePlace?

    /// The sentence behind the setting's name.
    ///
    /// - Parameter standard: The setting's own words, for where the value's parser had none.
    public func message(allowed standard: String) -> String {
        "is \(found) but must be \(allowed ?? standard)\(hint.map { "; \($0)" } ?? "")"
    }
}

extension String {
    /// On one line, and of a length that leaves the message readable.
    public var onOneLine: String {
        let limit = 60
        let line = String(prefix(limit).map { $0.isNewline || $0.unicodeScalars.contains { $0.value < 32 } ? " " : $0 })
        return count > limit ? line + "…" : line
    }
}
