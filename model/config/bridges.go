package config

import (
	"context"

	"warroom/model"
)

// Bridges configures the bridges to other services.
type Bridges struct {
	PagerDuty PagerDuty
	Notify    Notify
	Contacts  model.Contacts              // whom to call where no service names them
	Plan      func() (*model.Plan, error) // the plan with which a bridge declares a room
	Getenv    func(string) string
}

// Secret returns a function that reads a secret. It may be called repeatedly, since
// a file or a command may return another secret later. key is the name of the
// setting, for error messages.
func (b Bridges) Secret(key string, from SecretFrom) func(context.Context) (model.Secret, error) {
	return func(ctx context.Context) (model.Secret, error) { return from.Get(ctx, key, b.Getenv) }
}
