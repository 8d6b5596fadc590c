import ArgumentParser
import Logging
import Subprocess
import SystemPackage
import UnixSignals

/// Runs the services' executables and keeps them running: a crashed one is started again, with back-off.
struct Supervisor: Sendable {
    /// How long a service may drain before it is killed.
    static let drainTime: Duration = .seconds(10)
    static let shortestPause: Duration = .milliseconds(200)
    static let longestPause: Duration = .seconds(10)
    /// After running this long a service counts as healthy again, and its next restart comes quickly.
    static let healthyAfter: Duration = .seconds(30)
    /// Exit codes of a service that another start would not help: usage, a newer schema, a bad setting (sysexits.h).
    static let hopelessCodes: Set<Int32> = [64, 65, 78]
    static let readinessPause: Duration = .milliseconds(25)
    /// How long all services together may take to become ready the first time.
    static let startLimit: Duration = .seconds(60)

    let plans: [ServicePlan]
    let system: RunningSystem
    let installation: Installation
    private let logger = Logger(label: "firstline.up")

    init(plans: [ServicePlan], system: RunningSystem, installation: Installation) {
        self.plans = plans
        self.system = system
        self.installation = installation
    }

    private enum Ending {
        case signalled
        case ready
    }

    /// Returns after SIGINT or SIGTERM, when every service has ended.
    /// - Parameter whenReady: runs once, when every service is healthy.
    func run(_ whenReady: @escaping @Sendable () async throws -> Void) async throws {
        let signals = await UnixSignalsSequence(trapping: [.sigint, .sigterm])
        try await withThrowingTaskGroup(of: Ending.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                for await _ in signals { break }
                return .signalled
            }
            for plan in plans {
                group.addTask {
                    try await keep(plan)
                    return .signalled
                }
            }
            group.addTask {
                try await waitUntilReady()
                try await whenReady()
                return .ready
            }
            while let ending = try await group.next() {
                if case .signalled = ending { return }
            }
        }
    }

    /// Runs one service again and again until this task is cancelled.
    private func keep(_ plan: ServicePlan) async throws {
        var pause = Self.shortestPause
        while !Task.isCancelled {
            let started = ContinuousClock.now
            let status = try await start(plan)
            if Task.isCancelled { return }
            if case .exited(let code) = status, Self.hopelessCodes.contains(code) {
                throw CommandFailure("\(plan.name) \(Self.reason(code)) (exit code \(code))", ExitCode(code))
            }
            if ContinuousClock.now - started > Self.healthyAfter { pause = Self.shortestPause }
            logger.error(
                "service ended, starting it again",
                metadata: ["service.name": "\(plan.name)", "service.status": "\(status)", "retry.pause": "\(pause)"])
            try? await Task.sleep(for: pause + pause * Double.random(in: 0...0.2))
            pause = min(pause * 2, Self.longestPause)
        }
    }

    /// Why another start would not help; the service's own log line says it in full.
    static func reason(_ code: Int32) -> String {
        code == ExitStatus.dataError.rawValue
            ? "refuses its data, which a newer version wrote; run that version, or restore a backup"
            : "cannot run with these settings"
    }

    /// One life of a service. Its standard input is a pipe from here: when this process dies, however it dies, the service sees the end
    /// of it and stops too.
    private func start(_ plan: ServicePlan) async throws -> TerminationStatus {
        var platform = PlatformOptions()
        platform.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: Self.drainTime)]
        // A terminal's Ctrl-C goes to this process alone, which then stops the services in order.
        platform.processGroupID = 0
        let result = try await Subprocess.run(
            .path(FilePath(plan.executable)),
            arguments: Arguments(plan.arguments),
            environment: .inherit.updating(["FIRSTLINE_SUPERVISED": "1"]),
            platformOptions: platform,
            input: .inputWriter,
            output: .sequence,
            error: .currentStandardError
        ) { execution in
            // A service writes nothing to its standard output, which therefore ends when the service does.
            for try await _ in execution.standardOutput {}
        }
        return result.terminationStatus
    }

    private func waitUntilReady() async throws {
        let deadline = ContinuousClock.now + Self.startLimit
        try await SystemClients.with(system, installation) { clients in
            for plan in plans {
                while !(await clients.isReady(plan.name)) {
                    guard ContinuousClock.now < deadline else {
                        throw CommandFailure("\(plan.name) did not become ready", ExitStatus.unavailable)
                    }
                    try await Task.sleep(for: Self.readinessPause)
                }
            }
        }
    }
}
