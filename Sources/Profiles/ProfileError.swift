import Plans

/// Why a profile can't be used: everything that was found wrong, in the order of the file.
public struct ProfileError: Error, Equatable, Sendable {
    /// At least one.
    public var problems: [ProfileProblem]

    public init(_ problems: [ProfileProblem]) { self.problems = problems }

    init(file: String?, place: SourcePlace? = nil, _ message: String) {
        self.init([ProfileProblem(file: file, place: place, message: message)])
    }
}

extension ProfileError: CustomStringConvertible {
    /// One line for each problem.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
