/// A place in a program that jumps lead to; made by a `ProgramAssembler` and good for that one only.
public struct Label: Hashable, Sendable {
    let number: Int
    /// For people and error messages.
    public let name: String
}
