import Plans

/// One thing wrong with a profile.
public struct ProfileProblem: Equatable, Hashable, Sendable {
    /// The file as the user named it; nil for what the command line said.
    public var file: String?
    public var place: SourcePlace?
    /// The path of the field, as far as it is known: `frame.size`.
    public var field: String?
    /// What was found and what is allowed; the rest of a sentence that begins with the field, if there is one.
    public var message: String
    /// What to write instead, where that isn't part of the message.
    public var remedy: String?

    public init(file: String?, place: SourcePlace? = nil, field: String? = nil, message: String, remedy: String? = nil) {
        self.file = file
        self.place = place
        self.field = field
        self.message = message
        self.remedy = remedy
    }
}

extension ProfileProblem {
    /// The description, and what to do about it.
    public var sentence: String { "\(self)" + (remedy.map { "; \($0)" } ?? "") }
}

extension ProfileProblem: CustomStringConvertible {
    /// `profiles/lab.yaml:12:9: frame.size is 'big' but must be …`, the place as compilers write it.
    public var description: String {
        let position = place.map { ":\($0.line):\($0.column)" } ?? ""
        return (file.map { "\($0)\(position): " } ?? "") + (field.map { "\($0) " } ?? "") + message
    }
}
