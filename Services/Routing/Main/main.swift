import RoutingServer
import ServiceKit

await ServiceMain.run(RoutingService.definition)
