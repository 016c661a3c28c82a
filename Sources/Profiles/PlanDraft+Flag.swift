import Trials
import Yams

extension PlanDraft {
    /// Sets a field to what the command line says, by the rules that hold in a profile; lists are parted by commas.
    ///
    /// - Throws: one problem that names the option instead of a file: `--size is 'big' but must be …`.
    public mutating func set(_ field: PlanField, toFlag text: String) throws(ProfileError) {
        guard let key = ProfileKey.byField[field] else { preconditionFailure("\(field.path) has no key") }
        // Quoted, for a shell has no other way to say null, and nobody means it.
        let value = ProfileValue(node: Node(text, .implicit, .doubleQuoted))
        do throws(ValueProblem) {
            try key.read(value, &self)
        } catch {
            throw ProfileError([ProfileProblem(file: nil, field: field.flag, message: error.message(allowed: key.allowed))])
        }
    }
}
