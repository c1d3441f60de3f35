/** The CDK app of `npx bucketlens deploy`, run from the folder in which the user called it. */
process.chdir(process.env.BUCKETLENS_CALLED_FROM ?? '.');
void import('../../cdk/app/app.ts');
