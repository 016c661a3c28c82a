import ArgumentParser
import Jobs
import Kernel

struct DeployCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy", abstract: "A sweep or a run as a job for many hosts: Slurm, GNU parallel, Ansible, Kubernetes.",
        discussion: """
            Prints what the engine is to be given: a script for sbatch, a line for a shell, a playbook, a manifest. The sweep or run behind the options is \
            checked first, as this machine would do it. With --submit the engine's own command gets the job, and its exit code is the one of this command; \
            nothing else is ever started. How to make one result of all is told on standard error. docs/fleet.md has each engine from the beginning.
            """)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Who starts it on the hosts: slurm, parallel, ansible or kubernetes.", valueName: "engine"))
    var engine: DeployEngine
    @Option(
        parsing: .unconditional,
        help: """
            How many shares a sweep has, each a task of its own; with --per-host and for a run how many hosts do all of it. Where --hosts names them, \
            as many as there are.
            """, transform: number(1...10_000))
    var tasks: Int?
    @Flag(help: "Each host measures the whole sweep, to be compared with the others.") var perHost = false
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The hosts, as ssh knows them; Slurm and Kubernetes know their own.", valueName: "n1,n2"), transform: hostNames)
    var hosts: [String]?
    @Option(
        name: [.customShort("o"), .long], parsing: .unconditional,
        help: ArgumentHelp(
            """
            The folder that holds what all save. All hosts have to see it; Ansible brings it here, and with Kubernetes it is a folder of the claim.
            """, valueName: "folder"), completion: .directory, transform: folderName)
    var output: String
    @Option(parsing: .unconditional, help: "What the job is called.", transform: label) var name = "vethmark"
    @Option(parsing: .unconditional, help: "vethmark as hosts find it: its name, or its path.", transform: plainText)
    var program = "vethmark"
    @Option(parsing: .unconditional, help: "The image of a pod.", transform: plainText) var image = "vethmark"
    @Option(
        parsing: .unconditional, help: "The PersistentVolumeClaim that pods save in; many nodes have to be able to write to it.",
        transform: label)
    var claim: String?
    @Flag(help: "Give the job to sbatch, parallel, ansible-playbook or kubectl instead of printing it.") var submit = false
    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("sweep or run, and what stands behind it.", valueName: "command"), completion: Completion.deployed)
    var command: [String]

    func validate() throws {
        guard let first = command.first, first == "sweep" || first == "run" else {
            let word = command.first ?? ""
            throw ValidationError(
                word.hasPrefix("-")
                    ? "\(word.visible) is no option of `vethmark deploy`; write options of the sweep or run behind that word"
                    : "'\(word.visible)' can't be deployed; write sweep or run, and what stands behind it")
        }
        guard first == "sweep" || !perHost else { throw ValidationError("--per-host is what a run is anyway; leave it out") }
        guard engine == .ansible || engine == .parallel || hosts == nil else {
            throw ValidationError("--hosts has no place with --engine \(engine.rawValue), which knows its hosts; write --tasks")
        }
        guard hosts != nil || engine != .ansible && (engine != .parallel || isShared) else {
            throw ValidationError("--hosts is missing, and says where each part is to be; write it as in --hosts n1,n2")
        }
        guard (tasks ?? hosts?.count) != nil else {
            throw ValidationError("--tasks is missing; write how many \(isShared ? "shares there are to be" : "hosts"), as in --tasks 4")
        }
        if let tasks, let hosts, tasks != hosts.count, engine == .ansible || !isShared {
            throw ValidationError("--tasks is \(tasks), but --hosts names \(hosts.count), each of which has one; leave out --tasks")
        }
        let isKubernetes = engine == .kubernetes
        guard isKubernetes == (claim != nil) else {
            throw ValidationError(
                isKubernetes
                    ? "--claim is missing: pods save in a volume that all of them see; name its PersistentVolumeClaim"
                    : "--claim belongs to --engine kubernetes; leave it out")
        }
        guard isKubernetes || image == "vethmark" else { throw ValidationError("--image belongs to --engine kubernetes; leave it out") }
        guard !isKubernetes || program == "vethmark" else {
            throw ValidationError("--program has no place with --engine kubernetes, whose image knows its program; leave it out")
        }
        guard !isKubernetes || !output.hasPrefix("/") else {
            throw ValidationError("-o is '\(output.visible)' but lies on the claim; write it without the / in front")
        }
        // sbatch refuses a carriage return, and nobody means the others.
        guard !command.contains(where: \.hasControls) else {
            throw ValidationError("a word behind \(first) has a control character in it, which no script can hold; leave it out")
        }
    }

    /// Whether tasks have a share each, and don't do all of it.
    private var isShared: Bool { command.first == "sweep" && !perHost }

    func run() throws {
        let checked = try DeployedWork(command)
        let count = tasks ?? hosts?.count ?? 1
        if isShared, let cells = checked.cellCount, count > cells {
            let flag = tasks == nil ? "--hosts names" : "--tasks is"
            Exit.say("vethmark: \(flag) \(count), but the sweep has \(cells) cells; ask for no more than \(cells)")
            throw ExitCode(Exit.usage)
        }
        let job = FleetJob(
            name: name, program: program, work: checked.work, arguments: Array(command.dropFirst()),
            division: isShared ? .shares(count) : .hosts(count), folder: output, hosts: hosts ?? [])
        let order = engine.order(of: job, checked, image: image, claim: claim ?? "")
        if let obstacle = checked.obstacles.first {
            Exit.say("\(checked.obstacles.count) of \(checked.cellCount ?? 0) cells can't be had and are left out: \(obstacle)")
        }
        if let file = checked.profileFile {
            Exit.say("\(file.visible) has to be a file on every host as well\(engine == .kubernetes ? ", in the image" : "")")
        }
        for (place, ending) in order.endings.enumerated() {
            Exit.say("\(place == 0 ? "when all have ended" : "and then"): \(ShellWords.joined(ending))")
        }
        guard submit else { return try Terminal.print(order.text, terminator: "") }
        guard let path = ProgramFile.find(order.words[0]) else {
            Exit.say(
                "vethmark: there is no \(order.words[0]) here to submit to; \(engine.remedy), or leave out --submit and take the job to where one is"
            )
            throw ExitCode(Exit.failed)
        }
        try Terminal.flush()
        try Exit.failure { try ProgramFile.become(path, arguments: order.words, input: order.input) }
    }
}

extension String {
    /// Whether control characters are in it besides ends of lines and tabs.
    fileprivate var hasControls: Bool { unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" && $0 != "\t" } }
}

private let hostNames: @Sendable (String) throws -> [String] = { text in
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard names.allSatisfy(HostName.isPlain), Set(names).count == names.count else {
        throw ValidationError("is '\(text.visible)' but must be names of hosts, each once, as in n1,n2.lab")
    }
    return names
}

/// A label as DNS has it (RFC 1123), with room for what Kubernetes puts behind it.
private let label: @Sendable (String) throws -> String = { text in
    guard text.wholeMatch(of: /[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?/) != nil else {
        throw ValidationError("is '\(text.visible)' but must be at most 40 small letters, digits and dashes; write it as in mtu-2")
    }
    return text
}

private let folderName: @Sendable (String) throws -> String = { text in
    guard !text.isEmpty, !text.hasPrefix("-"), !text.hasPrefix("~"), !text.hasControls else {
        throw ValidationError("is '\(text.visible)' but must be the name of a folder, without - or ~ in front; write it as in fleet")
    }
    return text
}

private let plainText: @Sendable (String) throws -> String = { text in
    guard !text.isEmpty, !text.hasPrefix("-"), text.unicodeScalars.allSatisfy({ !$0.isObeyed }) else {
        throw ValidationError("is '\(text.visible)' but must be a name; write it as in vethmark")
    }
    return text
}
