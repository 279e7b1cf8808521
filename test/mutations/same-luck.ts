/** Properties are tried on the same examples each time: what catches a mutation today catches it tomorrow. */
import fc from 'fast-check';

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 1 });
