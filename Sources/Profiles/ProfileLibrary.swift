import Foundation
import Kernel
import Plans

/// Where profiles are found by name: `run imix` takes `profiles/imix.yaml`.
public struct ProfileLibrary: Equatable, Sendable {
    /// Looked through in this order.
    public var folders: [String]

    public init(folders: [String]) { self.folders = folders }

    /// `./profiles`, and the `profiles` folder of the source tree that the executable was built in.
    public static var standard: ProfileLibrary {
        var folders = ["profiles"]
        let executable = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        if let executable, let besides = sourceTreeFolder(above: executable) { folders.append(besides) }
        return ProfileLibrary(folders: folders)
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

    private func unknown(_ name: String) -> String {
        let names = names
        let places = folders.joined(separator: " and ")
        guard !names.isEmpty else {
            return "there is no profile '\(name.onOneLine)', and none at all in \(places); name the file by its path"
        }
        let hint = Spelling.suggestion(for: name, among: names).map { "did you mean '\($0)'? " } ?? ""
        return "there is no profile '\(name.onOneLine)' in \(places); \(hint)There are: \(names.joined(separator: ", "))"
    }
}
