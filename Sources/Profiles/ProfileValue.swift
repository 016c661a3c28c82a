import Frames
import Metrics
import Yams

/// Why a value does not fit its key.
struct ValueProblem: Error {
    /// What it is, to stand behind "is": `'big'`, `a list`.
    var found: String
    /// What it must be, where that says more than the key's own words.
    var allowed: String?
    /// Stands at the end of the sentence: `did you mean 'ring'?`
    var hint: String?
    /// Where, if not at the value's start.
    var place: SourcePlace?

    /// - Parameter keyAllowed: The key's own words, for where the value's reader had none.
    func message(allowed keyAllowed: String) -> String {
        "is \(found) but must be \(allowed ?? keyAllowed)\(hint.map { "; \($0)" } ?? "")"
    }
}

/// The value of a key, and what it can be read as.
struct ProfileValue {
    let node: Node

    /// Nothing was written, or `null`: a quoted `"null"` is a text.
    var isNull: Bool {
        guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    func problem(allowed: String? = nil, hint: String? = nil) -> ValueProblem {
        let found =
            switch node {
            case .mapping: "a mapping"
            case .sequence: "a list"
            case .alias: "an alias"
            case .scalar(let scalar): isNull ? "empty" : "'\(scalar.string.printable)'"
            }
        return ValueProblem(found: found, allowed: allowed, hint: hint, place: SourcePlace(node.mark))
    }

    func text() throws(ValueProblem) -> String {
        guard let scalar = node.scalar, !isNull else { throw problem() }
        return scalar.string
    }

    /// The values of a list, which may also be written as one text with commas.
    func elements() throws(ValueProblem) -> [ProfileValue] {
        if let sequence = node.sequence { return sequence.map { ProfileValue(node: $0) } }
        return try text().split(separator: ",", omittingEmptySubsequences: false).map { part in
            let word = part.drop { $0 == " " }
            return ProfileValue(node: Node(String(word), .implicit, .doubleQuoted).at(node.mark))
        }
    }

    /// `yes`, `on` and their opposites are YAML 1.1's, which many have in their fingers.
    func boolean() throws(ValueProblem) -> Bool {
        switch try text().lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw problem()
        }
    }

    /// Decimal digits; what doesn't fit the type is refused as well.
    func integer<Integer: FixedWidthInteger>(_: Integer.Type = Integer.self) throws(ValueProblem) -> Integer {
        guard let value = Integer(try text()) else { throw problem() }
        return value
    }

    func name<Name: RawRepresentable & CaseIterable>(_: Name.Type = Name.self) throws(ValueProblem) -> Name
    where Name.RawValue == String {
        let text = try text()
        if let name = Name(rawValue: text.lowercased()) { return name }
        let suggestion = Spelling.suggestion(for: text, among: Name.allCases.map(\.rawValue))
        throw problem(hint: suggestion.map { "did you mean '\($0)'?" })
    }

    /// Read by somebody else's parser, which answers nil to what it doesn't know.
    func parsed<Value>(_ parse: (String) -> Value?) throws(ValueProblem) -> Value {
        guard let value = parse(try text()) else { throw problem() }
        return value
    }

    func quantity<Value>(_ parse: (String) throws(QuantityError) -> Value) throws(ValueProblem) -> Value {
        let text = try text()
        do throws(QuantityError) {
            return try parse(text)
        } catch {
            var problem = problem(allowed: error.allowed)
            problem.found += ", which \(error.problem),"
            throw problem
        }
    }
}

extension Node {
    /// The same scalar, said to stand there.
    fileprivate func at(_ mark: Mark?) -> Node {
        guard case .scalar(var scalar) = self else { return self }
        scalar.mark = mark
        return .scalar(scalar)
    }
}

extension String {
    /// On one line, and of a length that leaves the message readable.
    var printable: String {
        let limit = 60
        let line = String(prefix(limit).map { $0.isNewline || $0.unicodeScalars.contains { $0.value < 32 } ? " " : $0 })
        return count > limit ? line + "…" : line
    }
}
