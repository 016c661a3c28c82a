import Plans

extension PlanDraft {
    /// Sets a field to what the command line says, by the parser that reads profiles; lists are parted by commas.
    ///
    /// - Throws: one problem that names the option instead of a file: `--size is 'big' but must be …`.
    public mutating func set(_ field: PlanField, toFlag text: String) throws(ProfileError) {
        let row = SettingTable.row(field)
        do throws(SettingProblem) {
            try row.read(SettingInput(flag: text), into: &self, from: .flag)
        } catch {
            throw ProfileError([
                ProfileProblem(
                    file: nil, field: row.flag.long, message: error.message(allowed: row.allowed),
                    remedy: SettingRemedy(row).text(written: text, isRangeTold: error.allowed == nil))
            ])
        }
    }
}
