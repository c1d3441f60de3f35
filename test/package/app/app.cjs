// The least that uses the construct, in CommonJS: a bucket, the function and its layers, with the default settings.
const { App, Stack } = require('aws-cdk-lib');
const { ImageClassifier } = require('bucketlens');

const stack = new Stack(new App(), 'Photos');
new ImageClassifier(stack, 'Labels');
