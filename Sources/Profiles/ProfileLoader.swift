import Plans
import YAML

/// From a file to a `Profile`.
public enum ProfileLoader {
    /// Reads and parses a profile.
    ///
    /// - Throws: all problems found at once, each with file, line, column and field.
    public static func load(path: String) throws(ProfileError) -> Profile {
        try parse(try ProfileFile.text(path: path), file: path)
    }

    /// Parses the text of a profile.
    ///
    /// - Parameter file: stands in error messages.
    public static func parse(_ text: String, file: String) throws(ProfileError) -> Profile {
        let root: YAMLNode?
        do throws(YAMLError) {
            root = try YAMLReader.document(text)
        } catch {
            throw ProfileError([ProfileProblem(error, file: file, text: text)])
        }
        guard let root, !SettingInput(root).isNothing else {
            throw ProfileError(file: file, "the profile is empty; it needs at least one of \(ProfileReader.topLevelText)")
        }
        var reader = ProfileReader(file: file)
        reader.read(root)
        guard reader.problems.isEmpty else { throw ProfileError(reader.problems) }
        reader.placeFiles()
        return reader.profile
    }
}
