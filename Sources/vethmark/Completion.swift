import ArgumentParser
import FoundationEssentials
import Kernel
import Links
import Plans
import Profiles
import Reports
import Traffic

/// What a shell offers in the place of a value; found when it asks, by the program itself.
///
/// A word that ends with `=` or `/` isn't whole: `scripts/make-completions` has shells put no space behind it.
enum Completion {
    /// Names of profiles; files and folders as soon as a path is begun.
    static let profile = CompletionKind.custom { _, _, typed in profiles(typed, profileEndings) }

    /// Capture files, and profiles that may name one.
    static let replay = CompletionKind.custom { _, _, typed in profiles(typed, profileEndings + captureEndings.map { "." + $0 }) }

    /// Interfaces of every namespace that can be looked into: `veth0`, `veth0@blue`.
    static let interface = CompletionKind.custom { _, _, _ in interfaces }

    /// Named network namespaces.
    static let namespace = CompletionKind.custom { _, _, _ in
        NamespaceSighting.all().filter { $0.kind == .named }.map(\.name)
    }

    /// Fields of frames by their Wireshark names, as `--modify` takes them: `ip.src=`; behind a `+` those that move together.
    static let fieldRule = CompletionKind.custom { _, _, typed in
        let start = typed.lastIndex(of: "+").map { String(typed[...$0]) } ?? ""
        guard !typed.contains("=") else { return [] }
        // Those of inner and outer headers, `#1`, only where one is begun: else no name would ever be whole.
        return FieldModifier.fieldNames.filter { typed.contains("#") || !$0.contains("#") }.map { "\(start)\($0)=" }
    }

    /// Fields that `sniff -e` prints.
    static let fieldName = CompletionKind.custom { _, _, _ in FrameReport.fieldNames }

    /// Settings that a sweep varies: `mtu=`; behind it the setting's words, where they are few.
    static let variation = CompletionKind.custom { _, _, typed in variations(typed) }

    private static func variations(_ typed: String) -> [String] {
        guard let end = typed.firstIndex(of: "=") else { return SettingVariation.names.map { $0 + "=" } }
        guard let field = SettingVariation(String(typed[..<end]))?.fields.first else { return [] }
        return SettingTable.row(field).words.map { String(typed[...end]) + $0 }
    }

    /// Behind `deploy`: the command, then what is typed behind that one.
    static let deployed = CompletionKind.custom { words, place, typed in
        let words = words.prefix(max(0, place))
        guard let start = words.firstIndex(where: { $0 == "sweep" || $0 == "run" }) else { return ["sweep", "run"] }
        let row = SettingTable.rows.first { row in words.last == "--" + row.field.flag.drop { $0 == "-" } }
        switch words.last {
        case "--vary": return variations(typed)
        case _ where typed.hasPrefix("-"): return HelpText.options(of: "vethmark " + words[start])
        default: return row.map(\.words) ?? profiles(typed, profileEndings)
        }
    }

    static let capture = CompletionKind.file(extensions: captureEndings)
    /// A result's folder, or the file in it.
    static let result = CompletionKind.file(extensions: ["json"])

    /// Of a setting's option.
    static func setting(_ row: any SettingRow) -> CompletionKind? {
        switch row.field {
        case .linkTransmit, .linkReceive: interface
        case .modifiers: fieldRule
        default: row.words.isEmpty ? nil : .list(row.words)
        }
    }

    // MARK: what there is

    private static let profileEndings = [".yaml", ".yml"]
    private static let captureEndings = ["pcap", "pcapng", "cap", "gz", "zst"]

    private static func profiles(_ typed: String, _ endings: [String]) -> [String] {
        typed.contains("/") || typed.hasPrefix(".") ? files(typed, endings) : ProfileLibrary.standard.names + files(typed, endings)
    }

    private static var interfaces: [String] {
        LinkSurvey.take().filter { !$0.isOfProcess }.enumerated().flatMap { index, entry in
            // The first namespace is the caller's own.
            (entry.links ?? []).map { index == 0 ? $0.name : "\($0.name)@\(entry.namespace)" }
        }
    }

    /// Files with one of these endings, and folders, in the folder that is begun.
    private static func files(_ typed: String, _ endings: [String]) -> [String] {
        let folder = typed.lastIndex(of: "/").map { String(typed[...$0]) } ?? ""
        let begun = typed.dropFirst(folder.count)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
        return names.sorted().filter { $0.hasPrefix(begun) && (begun.hasPrefix(".") || !$0.hasPrefix(".")) }.compactMap { name in
            let path = folder + name
            if SafeFile.isFolder(path) { return path + "/" }
            return endings.contains { name.hasSuffix($0) } ? path : nil
        }
    }
}
