import Logging
import ServiceLifecycle

extension ServiceGroup {
    /// Parts that run together until one ends them: the process's wish to stop, or its supervisor's death.
    /// - Parameter stop: nil where something else ends them.
    init(
        _ services: [ServiceGroupConfiguration.ServiceConfiguration], stop: StopRequest?, config: ServiceConfig,
        logger: Logger
    ) {
        var services = services
        if let stop {
            services.append(
                .init(service: stop, successTerminationBehavior: .gracefullyShutdownGroup, serviceName: "stop"))
            if config.bool("supervised") {
                services.append(
                    .init(
                        service: SupervisorWatch(stop: stop), successTerminationBehavior: .gracefullyShutdownGroup,
                        serviceName: "supervisor"))
            }
        }
        var quiet = logger
        quiet.logLevel = max(quiet.logLevel, .notice)
        var configuration = ServiceGroupConfiguration(services: services, logger: quiet)
        configuration.maximumGracefulShutdownDuration = RunningService.drainTime
        self.init(configuration: configuration)
    }
}
