import FoundationEssentials
import Kernel
import Plans

/// Where profiles are found by name: `run imix` takes `profiles/imix.yaml`.
public struct ProfileLibrary: Equatable, Sendable {
    /// Looked through in this order.
    public var folders: [String]

    public init(folders: [String]) { self.folders = folders }

    /// `./profiles`, the user's own, the installed ones, and those of the source tree that the executable was built in.
    public static var standard: ProfileLibrary {
        ProfileLibrary(folders: standardFolders(executable: BuildFacts.executablePath, environment: ProcessInfo.processInfo.environment))
    }

    /// The folders of `standard` in order. The first two are where a user may put profiles, and are named whether they are there or not.
    static func standardFolders(executable: String?, environment: [String: String]) -> [String] {
        let fixed = executable.map { [installedFolder(of: $0), sourceTreeFolder(above: $0)] } ?? []
        return (["profiles", userFolder(environment)] + fixed).compactMap { $0 }
    }

    /// `$XDG_CONFIG_HOME/vethmark/profiles`, or `~/.config/vethmark/profiles`. Nil without a home.
    static func userFolder(_ environment: [String: String]) -> String? {
        // The XDG specification has relative paths ignored.
        if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") { return "\(folder)/vethmark/profiles" }
        if let home = environment["HOME"], home.hasPrefix("/") { return "\(home)/.config/vethmark/profiles" }
        return nil
    }

    /// `PREFIX/share/vethmark/profiles` of `PREFIX/bin/vethmark`, if it is there: an installed program can be moved with its prefix.
    static func installedFolder(of executable: String) -> String? {
        let prefix = URL(fileURLWithPath: executable).deletingLastPathComponent().deletingLastPathComponent()
        let folder = prefix.appendingPathComponent("share/vethmark/profiles").path
        return SafeFile.isFolder(folder) ? folder : nil
    }

    /// `.build/release/vethmark` lies a few folders below `Package.swift`, and `profiles` beside that.
    static func sourceTreeFolder(above executable: String) -> String? {
        var folder = URL(fileURLWithPath: executable).deletingLastPathComponent()
        while folder.path != "/" {
            let profiles = folder.appendingPathComponent("profiles").path
            let package = folder.appendingPathComponent("Package.swift").path
            if FileManager.default.fileExists(atPath: package), SafeFile.isFolder(profiles) { return profiles }
            folder = folder.deletingLastPathComponent()
        }
        return nil
    }

    /// The path of a profile: `nameOrPath` itself if it names a file, else `NAME.yaml` in one of the folders.
    ///
    /// - Throws: `ProfileError` with the names there are, and the one that may have been meant.
    public func resolve(_ nameOrPath: String) throws(ProfileError) -> String {
        if nameOrPath.contains("/") || nameOrPath.hasSuffix(".yaml") || nameOrPath.hasSuffix(".yml") {
            return nameOrPath
        }
        for path in folders.map({ "\($0)/\(nameOrPath).yaml" }) + [nameOrPath]
        where FileManager.default.fileExists(atPath: path) && !SafeFile.isFolder(path) {
            return path
        }
        throw ProfileError(file: nil, unknown(nameOrPath))
    }

    /// Reads the profile of that name or path.
    public func load(_ nameOrPath: String) throws(ProfileError) -> Profile {
        try ProfileLoader.load(path: try resolve(nameOrPath))
    }

    /// The profile as it is written.
    public func text(_ nameOrPath: String) throws(ProfileError) -> String { try ProfileFile.text(path: try resolve(nameOrPath)) }

    /// All names, in alphabetical order.
    public var names: [String] {
        let files = folders.flatMap { (try? FileManager.default.contentsOfDirectory(atPath: $0)) ?? [] }
        return Set(files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }).sorted()
    }

    /// All folders, as a sentence names them.
    public var places: String {
        guard folders.count > 2 else { return folders.joined(separator: " and ") }
        return folders.dropLast().joined(separator: ", ") + " and " + folders[folders.count - 1]
    }

    private func unknown(_ name: String) -> String {
        let names = names
        guard !names.isEmpty else {
            return "there is no profile '\(name.onOneLine)', and none at all in \(places); name the file by its path"
        }
        let hint = Spelling.suggestion(for: name, among: names).map { "did you mean '\($0)'? " } ?? ""
        return "there is no profile '\(name.onOneLine)' in \(places); \(hint)There are: \(names.joined(separator: ", "))"
    }
}
