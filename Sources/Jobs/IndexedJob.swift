import YAML

/// A Kubernetes Job with a pod for each part and no two of them on one node, a headless Service that gives the pods names, and a second Job that waits to
/// be let go and makes one result of what they have saved.
///
/// All save in a volume that nodes share, a PersistentVolumeClaim that is there already. There is no shell in the image, so none is used.
public struct IndexedJob: Sendable {
    /// What a pod is given.
    public struct Pod: Sendable {
        public var image: String
        /// The PersistentVolumeClaim that all pods save in.
        public var claim: String
        /// Names as Kubernetes has them: `NET_ADMIN`.
        public var capabilities: [String]
        public var cpus: Int
        public var memoryMebibytes: Int

        public init(image: String, claim: String, capabilities: [String], cpus: Int, memoryMebibytes: Int) {
            (self.image, self.claim, self.capabilities) = (image, claim, capabilities)
            (self.cpus, self.memoryMebibytes) = (cpus, memoryMebibytes)
        }
    }

    private let job: FleetJob
    private let pod: Pod

    public init(_ job: FleetJob, _ pod: Pod) { (self.job, self.pod) = (job, pod) }

    /// Three documents.
    public var text: String { YAMLWriter.text([service, parts, ending]) }

    /// The commands that let the second Job go, and show what it makes.
    public var endings: [[String]] {
        [
            ["kubectl", "patch", "job", endingName, "-p", #"{"spec":{"suspend":false}}"#],
            ["kubectl", "logs", "--follow", "--pod-running-timeout=5m", "job/\(endingName)"]
        ]
    }

    private var endingName: String { job.name + "-results" }

    // MARK: documents

    private var service: YAMLNode {
        YamlText.map([
            "apiVersion": YamlText.word("v1"), "kind": YamlText.word("Service"), "metadata": metadata(job.name),
            "spec": YamlText.map([
                "clusterIP": YamlText.quoted("None"), "publishNotReadyAddresses": YamlText.flag(true), "selector": labels("part")
            ])
        ])
    }

    private var parts: YAMLNode {
        let count = YamlText.number(job.division.count)
        return YamlText.map([
            "apiVersion": YamlText.word("batch/v1"), "kind": YamlText.word("Job"), "metadata": metadata(job.name),
            "spec": YamlText.map([
                "completions": count, "parallelism": count, "completionMode": YamlText.word("Indexed"),
                "backoffLimitPerIndex": YamlText.number(3), "podFailurePolicy": YamlText.map(["rules": YamlText.list(failureRules)]),
                "template": template("part", partArguments, cpus: pod.cpus, capabilities: pod.capabilities)
            ])
        ])
    }

    /// A pod that had to make room is started again, a part that is finished and can't be trusted (exit code 3) is not, and wrong usage ends all at once.
    private var failureRules: [YAMLNode] {
        func rule(_ action: String, exitCode: Int) -> YAMLNode {
            YamlText.map([
                "action": YamlText.word(action),
                "onExitCodes": YamlText.map([
                    "containerName": YamlText.word("vethmark"), "operator": YamlText.word("In"),
                    "values": YamlText.list([YamlText.number(exitCode)], .flow)
                ])
            ])
        }
        let disruption = YamlText.map(["type": YamlText.word("DisruptionTarget"), "status": YamlText.quoted("True")])
        return [
            YamlText.map(["action": YamlText.word("Ignore"), "onPodConditions": YamlText.list([disruption])]),
            rule("FailIndex", exitCode: 3), rule("FailJob", exitCode: 64)
        ]
    }

    private var ending: YAMLNode {
        YamlText.map([
            "apiVersion": YamlText.word("batch/v1"), "kind": YamlText.word("Job"), "metadata": metadata(endingName),
            "spec": YamlText.map([
                "suspend": YamlText.flag(true), "backoffLimit": YamlText.number(0),
                "template": template("results", Array((job.endings.first ?? []).dropFirst()).map(Self.literal), cpus: 1, capabilities: [])
            ])
        ])
    }

    // MARK: what is in them

    /// A kubelet puts a variable in the place of `$(NAME)`, and takes `$$` for one dollar.
    private static func literal(_ word: String) -> String { word.replacing("$", with: "$$") }

    private var partArguments: [String] {
        let folder = Self.literal(job.folder)
        let part =
            switch (job.work, job.division) {
            case (.sweep, .shares(let count)): ["--shard", "auto/\(count)", "--host", "$(NODE_NAME)", "-o", folder]
            case (.sweep, .hosts): ["--per-host", "--host", "$(NODE_NAME)", "-o", folder]
            case (.run, _): ["-o", folder + "/run-$(NODE_NAME)"]
            }
        return [job.work.rawValue] + job.arguments.map(Self.literal) + part
    }

    private func metadata(_ name: String) -> YAMLNode { YamlText.map(["name": YamlText.quoted(name)]) }

    private func labels(_ component: String) -> YAMLNode {
        YamlText.map([
            "app.kubernetes.io/name": YamlText.word("vethmark"), "app.kubernetes.io/instance": YamlText.quoted(job.name),
            "app.kubernetes.io/component": YamlText.word(component)
        ])
    }

    private func template(_ component: String, _ arguments: [String], cpus: Int, capabilities: [String]) -> YAMLNode {
        YamlText.map([
            "metadata": YamlText.map(["labels": labels(component)]),
            "spec": YamlText.map([
                "restartPolicy": YamlText.word("Never"), "subdomain": YamlText.quoted(job.name),
                "automountServiceAccountToken": YamlText.flag(false), "enableServiceLinks": YamlText.flag(false),
                "affinity": YamlText.map(["podAntiAffinity": apart(component)]),
                "containers": YamlText.list([container(arguments, cpus: cpus, capabilities: capabilities)]),
                "volumes": YamlText.list([
                    YamlText.map([
                        "name": YamlText.word("results"),
                        "persistentVolumeClaim": YamlText.map(["claimName": YamlText.quoted(pod.claim)])
                    ])
                ])
            ])
        ])
    }

    private func apart(_ component: String) -> YAMLNode {
        YamlText.map([
            "requiredDuringSchedulingIgnoredDuringExecution": YamlText.list([
                YamlText.map([
                    "labelSelector": YamlText.map(["matchLabels": labels(component)]),
                    "topologyKey": YamlText.word("kubernetes.io/hostname")
                ])
            ])
        ])
    }

    private func container(_ arguments: [String], cpus: Int, capabilities: [String]) -> YAMLNode {
        // Requests and limits alike: a kubelet with the static CPU manager policy then gives these CPUs to nobody else.
        let resources = YamlText.map(["cpu": YamlText.quoted("\(cpus)"), "memory": YamlText.word("\(pod.memoryMebibytes)Mi")])
        let nodeName = YamlText.map([
            "name": YamlText.word("NODE_NAME"),
            "valueFrom": YamlText.map(["fieldRef": YamlText.map(["fieldPath": YamlText.word("spec.nodeName")])])
        ])
        return YamlText.map([
            "name": YamlText.word("vethmark"), "image": YamlText.quoted(pod.image),
            "args": YamlText.list(arguments.map(YamlText.quoted)), "workingDir": YamlText.word("/results"),
            "env": YamlText.list([nodeName]),
            "resources": YamlText.map(["requests": resources, "limits": resources]),
            "securityContext": YamlText.map([
                "runAsUser": YamlText.number(0), "readOnlyRootFilesystem": YamlText.flag(true),
                // Kubernetes refuses to forbid it beside SYS_ADMIN.
                "allowPrivilegeEscalation": YamlText.flag(capabilities.contains("SYS_ADMIN")),
                "capabilities": YamlText.map([
                    "drop": YamlText.list([YamlText.word("ALL")], .flow), "add": YamlText.list(capabilities.map(YamlText.word), .flow)
                ])
            ]),
            "volumeMounts": YamlText.list([
                YamlText.map(["name": YamlText.word("results"), "mountPath": YamlText.word("/results")])
            ])
        ])
    }
}
