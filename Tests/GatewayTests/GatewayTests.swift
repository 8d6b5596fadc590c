import GatewayServer
import Testing
