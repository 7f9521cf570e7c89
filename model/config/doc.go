// Package config defines config.toml: its types, their defaults, and the checks that
// need only the file. Every setting is declared here once; main.go, the command line
// and the bridges use these types directly.
//
// The file never contains a secret: [SecretFrom] names its source.
package config
