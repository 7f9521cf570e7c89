package feedtest

import (
	"context"
	"sync"

	"warroom/feed"
	"warroom/feed/bridge"
	"warroom/model"
)

// BridgeHub is a feed as a runner of bridges uses it.
type BridgeHub struct{ *feed.Feed }

// Open implements [bridge.Hub].
func (h BridgeHub) Open(ctx context.Context, short string) (bridge.HubRoom, error) {
	return h.OpenHubRoom(ctx, short)
}

// Secret is a secret of a bridge that can be replaced while the bridge runs.
type Secret struct {
	mu sync.Mutex
	s  string
}

// NewSecret returns a secret.
func NewSecret(s string) *Secret { return &Secret{s: s} }

// Set replaces it.
func (k *Secret) Set(s string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.s = s
}

// Source returns where a bridge reads it.
func (k *Secret) Source() *bridge.Source {
	return bridge.NewSource(func(context.Context) (model.Secret, error) {
		k.mu.Lock()
		defer k.mu.Unlock()
		return model.NewSecret([]byte(k.s)), nil
	})
}
