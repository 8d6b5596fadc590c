import GatewayServer
import ServiceKit

await ServiceMain.run(GatewayServer.definition)
