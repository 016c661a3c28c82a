import Frames
import Kernel

extension LinkEnd {
    /// What the interface has now; a setting that it doesn't have, such as the mask of a queue that isn't active, is left out.
    ///
    /// - Throws: `LinkError.noSuchLink` if it is gone; `LinkError`, `SystemError`.
    func values(of settings: [LinkSetting]) throws -> [LinkSetting: String] {
        var values: [LinkSetting: String] = [:]
        let link = try current()
        var features: [String: Bool]?
        for setting in settings {
            switch setting {
            case .mtu: values[setting] = "\(link.mtuBytes)"
            case .address: values[setting] = link.address?.description
            case .channels:
                guard let channels = try ethtool?.channels(of: link) else { continue }
                values[setting] = "\(channels.transmit)/\(channels.receive)"
            case .feature(let name):
                if features == nil { features = try ethtool?.wantedFeatures(of: link) ?? [:] }
                values[setting] = features?[name].map { $0 ? "on" : "off" }
            case .steering, .threaded: continue
            }
        }
        let files = settings.filter { $0.file != nil }
        guard !files.isEmpty else { return values }
        let texts = try performInSysfs { folder in
            files.map { setting in setting.file.flatMap { TextFile.read($0, in: folder) } }
        }
        for (setting, text) in zip(files, texts) { values[setting] = text.map { setting.canonical($0) } }
        return values
    }

    /// Sets all of them; the first that is refused ends it.
    ///
    /// - Throws: `LinkError`, `SystemError`.
    func write(_ values: [LinkSetting: String]) throws {
        var changes = LinkChanges()
        var features: [String: Bool] = [:]
        var channels: LinkChannels?
        var files: [(path: String, text: String)] = []
        for (setting, value) in values.sorted(by: { $0.key.code < $1.key.code }) {
            switch setting {
            case .mtu: changes.mtuBytes = Int(value)
            case .address: changes.address = MACAddress(value)
            case .channels: channels = LinkChannels(text: value)
            case .feature(let name): features[name] = value == "on"
            case .steering, .threaded: if let file = setting.file { files.append((file, value)) }
            }
        }
        if !changes.isEmpty { try table.set(link.index, changes) }
        if let channels { try ethtool?.setChannels(channels, of: link) }
        try ethtool?.setFeatures(features, of: link)
        guard !files.isEmpty else { return }
        let list = files
        do {
            try writeFiles(list)
        } catch let error as SystemError where error.number == ErrorNumber.notSupported && values[.threaded] != nil {
            // Threads are NAPI's, and whoever brought it to a veth, an XDP program for instance, is gone (`threaded_store`). GRO brings it for
            // the moment that it takes (`veth_set_features`).
            guard let ethtool, try ethtool.wantedFeatures(of: link)["rx-gro"] == false else { throw error }
            try ethtool.setFeatures(["rx-gro": true], of: link)
            defer { try? ethtool.setFeatures(["rx-gro": false], of: link) }
            try writeFiles(list)
        }
    }

    private func writeFiles(_ files: [(path: String, text: String)]) throws {
        try performInSysfs(isWritable: true) { folder in
            for file in files { try TextFile.write(file.text, to: file.path, in: folder) }
        }
    }

    /// Runs `body` with the interface's folder in sysfs, held open: the folder is the interface's own, whatever both are called by then.
    ///
    /// - Throws: `SystemError`: EPERM without CAP_SYS_ADMIN where `/sys` isn't the namespace's own; ENOENT if there is no such interface.
    func performInSysfs<Output: Sendable>(
        isWritable: Bool = false, _ body: @escaping @Sendable (borrowing Descriptor) throws -> Output
    ) throws -> Output {
        let link = try current()
        do {
            return try namespace.performWithSysfs(isWritable: isWritable) { try body(try SysfsFolder.open(link, checksAddress: false)) }
        } catch let error as SystemError where error.call.hasPrefix("mount") || error.call.hasPrefix("unshare") {
            // No right to a sysfs of one's own, or a root that is no mount point; then the one that is there has to know this interface.
            do {
                return try namespace.perform { try body(try SysfsFolder.open(link, checksAddress: true)) }
            } catch let other as SystemError where other.number == ErrorNumber.noEntry && other.call.hasPrefix("find") {
                throw error
            }
        }
    }
}

/// Interfaces in the sysfs at `/sys`.
private enum SysfsFolder {
    /// The folder of an interface, found by its index.
    ///
    /// - Parameter checksAddress: where it isn't certain that `/sys` shows this namespace: an index is anybody's.
    static func open(_ link: Link, checksAddress: Bool) throws(SystemError) -> Descriptor {
        let root = "/sys/class/net"
        for name in [link.name] + Folder.entries(root) {
            // A name with a slash can't be, and one that isn't there may have gone a moment ago.
            guard let folder = try? Descriptor(path: "\(root)/\(name)", flags: 0),
                TextFile.read("ifindex", in: folder).flatMap({ Int($0.prefix { $0 != "\n" }) }) == link.index
            else { continue }
            let address = TextFile.read("address", in: folder).map { String($0.prefix { $0 != "\n" }) }
            if checksAddress, address != link.address?.description { break }
            return folder
        }
        throw SystemError(call: "find \(link.name) in \(root)", number: ErrorNumber.noEntry)
    }
}

extension LinkSetting {
    /// Below the interface's folder in sysfs; nil for what isn't set there.
    var file: String? {
        switch self {
        case .steering(let queue): "queues/rx-\(queue)/rps_cpus"
        case .threaded: "threaded"
        default: nil
        }
    }

    /// A file's text as a value: the same mask may be written with and without leading zeros.
    func canonical(_ text: String) -> String {
        let line = text.prefix { $0 != "\n" }
        guard case .steering = self else { return String(line) }
        return Self.mask(line.split(separator: ",").map { UInt32($0, radix: 16) ?? 0 })
    }

    /// Hexadecimal words of 32 CPUs, highest first (`bitmap_parse`).
    static func mask(_ words: [UInt32]) -> String {
        let words = words.drop { $0 == 0 }.map { String($0, radix: 16) }
        guard let first = words.first else { return "0" }
        return ([first] + words.dropFirst().map { String(repeating: "0", count: 8 - $0.count) + $0 }).joined(separator: ",")
    }
}

extension LinkChannels {
    /// Of `2/1`, transmit and receive.
    init?(text: String) {
        let numbers = text.split(separator: "/").compactMap { UInt16($0) }
        guard numbers.count == 2 else { return nil }
        self.init(transmit: Int(numbers[0]), receive: Int(numbers[1]))
    }
}
