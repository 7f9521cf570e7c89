package feedtest

import (
	"context"

	"warroom/feed"
	"warroom/feed/bridge"
)

// BridgeHub is a feed as a runner of bridges uses it.
type BridgeHub struct{ *feed.Feed }

// Open implements [bridge.Hub].
func (h BridgeHub) Open(ctx context.Context, short string) (bridge.HubRoom, error) {
	return h.OpenHubRoom(ctx, short)
}
