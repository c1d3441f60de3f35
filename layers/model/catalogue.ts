/** The networks whose weights can be fetched by name, from the addresses that Keras itself uses. */
export interface PublishedWeights {
  readonly url: string;
  /** The digest that keras.applications checks. */
  readonly md5: string;
  readonly source: string;
  readonly licence: string;
  /** The file with the licence's text, relative to this folder. */
  readonly licenceFile: string;
}

function resnet(title: string, md5: string): PublishedWeights {
  return {
    url: `https://storage.googleapis.com/tensorflow/keras-applications/resnet/${title.toLowerCase()}_weights_tf_dim_ordering_tf_kernels.h5`,
    md5,
    source: `${title} of keras.applications, trained on ImageNet (weights by Kaiming He, Xiangyu Zhang, Shaoqing Ren and Jian Sun, ported by the Keras team)`,
    licence: 'MIT',
    licenceFile: 'keras/LICENSE.resnet-weights.txt',
  };
}

export const publishedWeights: Readonly<Record<string, PublishedWeights>> = {
  resnet50: resnet('ResNet50', '2cb95161c43110f7111970584f804107'),
  resnet101: resnet('ResNet101', 'f1aeb4b969a6efcfb50fad2f0c20cfc5'),
  resnet152: resnet('ResNet152', '100835be76be38e30d865e96f2aaae62'),
};
